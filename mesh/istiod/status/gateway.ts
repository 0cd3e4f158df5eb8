import type { JsonObject } from '../../json.ts';
import { type Conditions, good } from '../ingest/gateway-api/conditions.ts';
import { portOf } from '../ingest/gateway-api/conflicts.ts';
import type { GatewayResult, ListenerSetResult } from '../ingest/gateway-api/gateways.ts';
import type { ListenerResult } from '../ingest/gateway-api/listener.ts';
import { isIp } from '../model/host.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type GatewayAddresses, gatewayAddresses, programmed } from './addresses.ts';
import { type StatusStamp, writtenConditions } from './write.ts';

/** Routes that each listener has, by its name. */
export type Attached = ReadonlyMap<string, number>;

interface Writing {
  snapshot: Snapshot;
  attached: Attached;
  stamp: StatusStamp;
}

/** reportGatewayStatus in istio pilot/pkg/config/kube/gateway/conversion.go. */
export function gatewayStatus(result: GatewayResult, { snapshot, attached, stamp }: Writing): JsonObject {
  if (result.remote) return remoteStatus(result, stamp);
  const { config, services, listeners, sets } = result;
  const valid = sets.flatMap((s) => s.listeners.filter((l) => l.valid));
  const ports = [...listeners, ...valid].flatMap(({ server }) => server?.port?.number ?? []);
  const found = gatewayAddresses(snapshot, { hosts: services, namespace: config.namespace, ports });
  const addresses = reported(result, found);
  return {
    addresses: addresses.length > 0 ? addresses : undefined,
    attachedListenerSets: sets.length || undefined,
    conditions: writtenConditions(gatewayConditions(result, found), stamp, defaulted),
    listeners: listenerStatuses(listeners, attached, stamp),
  };
}

/** The CRD gives every Gateway these, as Unknown. */
const defaulted = ['Accepted', 'Programmed'];

function gatewayConditions(result: GatewayResult, found: GatewayAddresses): Conditions {
  const { error: failed, clientCertificateError, config, services } = result;
  const { message, error } = programmed(services, found);
  return {
    Accepted: failed ? { ...good('Accepted', 'Resource accepted'), error: failed } : accepted(result),
    Programmed: { reason: 'Programmed', message, error },
    ResolvedRefs: { ...good('ResolvedRefs', 'All references resolved'), error: clientCertificateError },
    ...(isInsecure(config.spec)
      ? {
          InsecureFrontendValidationMode: good(
            'ConfigurationChanged',
            'Gateway is operating in AllowInsecureFallback mode for frontend validation',
          ),
        }
      : {}),
  };
}

/** One valid listener is enough, but the others are told. */
function accepted({ config, listeners }: GatewayResult): Conditions[string] {
  const total = config.spec.listeners?.length ?? 0;
  const valid = listeners.filter((l) => l.valid).length;
  if (valid >= total) return good('Accepted', 'Resource accepted');
  if (valid > 0) return good('ListenersNotValid', "One or more of the Gateway's listeners are invalid");
  const error = { reason: 'ListenersNotValid', message: "None of the Gateway's listeners are valid" };
  return { ...good('Accepted', 'Resource accepted'), error };
}

const isInsecure = ({ tls }: GatewayResult['config']['spec']): boolean =>
  [tls?.frontend?.default, ...(tls?.frontend?.perPort ?? []).map((p) => p.tls)].some(
    (f) => f?.validation?.mode === 'AllowInsecureFallback',
  );

/** Load balancers, else names, of a waypoint IPs too; an annotation may ask for IPs. */
function reported({ config, waypoint }: GatewayResult, found: GatewayAddresses): JsonObject[] {
  const type = config.annotations['networking.istio.io/address-type'] ?? (waypoint ? '' : 'Hostname');
  const hosts = found.internal.map((at) => at.slice(0, at.lastIndexOf(':'))).filter((h) => !found.pending.includes(h));
  const internal = [...(type === 'Hostname' ? [] : found.ips), ...(type === 'IPAddress' ? [] : new Set(hosts))];
  const addresses = found.external.length > 0 ? found.external : internal;
  return addresses.map((value) => ({ type: isIp(value) ? 'IPAddress' : 'Hostname', value }));
}

function remoteStatus({ config }: GatewayResult, stamp: StatusStamp): JsonObject {
  const conditions = {
    Accepted: good('Accepted', 'Resource accepted'),
    Programmed: good('Programmed', 'This Gateway is remote; Istio will not program it'),
  };
  const addresses = (config.spec.addresses ?? []).map(({ type, value }) => ({ type, value }));
  return {
    addresses: addresses.length > 0 ? addresses : undefined,
    conditions: writtenConditions(conditions, stamp),
  };
}

const listenerStatuses = (
  listeners: readonly ListenerResult[],
  attached: Attached,
  stamp: StatusStamp,
): JsonObject[] | undefined =>
  listeners.length === 0
    ? undefined
    : listeners.map(({ listener, kinds, conditions }) => ({
        name: listener.name,
        attachedRoutes: attached.get(listener.name ?? '') ?? 0,
        supportedKinds: kinds.map(({ group, kind }) => ({ group, kind })),
        conditions: writtenConditions(conditions, stamp),
      }));

/** Of a ListenerSet an empty list is left out, of a Gateway it is written (the types' JSON tags). */
function withoutNone(status: JsonObject): JsonObject {
  const { supportedKinds, ...rest } = status;
  return Array.isArray(supportedKinds) && supportedKinds.length === 0 ? rest : status;
}

/** ReportListenerSetStatus in istio gatewaycommon/conversion.go. */
export function listenerSetStatus(result: ListenerSetResult, { snapshot, attached, stamp }: Writing): JsonObject {
  const { refused, listeners, services, gateway } = result;
  if (refused !== undefined) {
    const error = { reason: 'NotAllowed', message: refused };
    const conditions = {
      Accepted: { ...good('Accepted', ''), error },
      Programmed: { ...good('Programmed', ''), error },
    };
    return { conditions: writtenConditions(conditions, stamp) };
  }
  const ports = listeners.flatMap(({ server, listener }) => (server ? [portOf(listener)] : []));
  const found = gatewayAddresses(snapshot, { hosts: services, namespace: gateway.namespace, ports });
  return {
    conditions: writtenConditions(setConditions(result, found), stamp),
    listeners: listenerStatuses(listeners, attached, stamp)?.map(withoutNone),
  };
}

function setConditions({ error, listeners, services }: ListenerSetResult, found: GatewayAddresses): Conditions {
  const valid = listeners.some((l) => l.valid) || services.length === 0;
  const none = { reason: 'ListenersNotValid', message: "None of the ListenerSet's listeners are valid" };
  const parent = error && { reason: error.reason, message: `Parent not accepted: ${error.message}` };
  const own = programmed(services, found);
  return {
    Accepted: { ...good('Accepted', 'Resource accepted'), error: parent ?? (valid ? undefined : none) },
    Programmed: { reason: 'Programmed', message: own.message, error: valid ? own.error : none },
  };
}
