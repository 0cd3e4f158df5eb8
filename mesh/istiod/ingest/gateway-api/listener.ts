import type { GatewayServer } from '../../model/gateway.ts';
import type { KubernetesGateway, Listener, RouteKind } from '../../model/kubernetes-gateway.ts';
import { type Conditions, type ConfigError, good } from './conditions.ts';
import { portOf } from './conflicts.ts';
import type { Owner } from './credentials.ts';
import { routeNamespaces } from './namespaces.ts';
import { supportedKinds } from './supported-kinds.ts';
import { listenerTls } from './tls.ts';
import type { GatewayWorld } from './world.ts';

/** A listener with what its status says. */
export interface ListenerResult {
  listener: Listener;
  conditions: Conditions;
  kinds: RouteKind[];
  /** Absent where it lost against another listener, or was meant for ListenerSets only. */
  server?: GatewayServer | undefined;
  /** Whether anything is configured for it. */
  valid: boolean;
}

/** A listener as a server of an Istio Gateway (buildListener in istio gateway/conversion.go). */
export function listenerResult(
  listener: Listener,
  of: { owner: Owner; gateway: KubernetesGateway; waypoint?: true | undefined; world: GatewayWorld },
): ListenerResult {
  const { tls, error: tlsError } = listenerTls(listener, of);
  const conditions = goodConditions();
  if (tlsError) tlsFailed(conditions, tlsError);
  const set = of.owner.kind === 'ListenerSet';
  const protocol = listener.protocol ?? '';
  const refused = (set ? portError(listener) : undefined) ?? protocolError(protocol, of.waypoint);
  if (refused) fail(conditions, 'Accepted', refused);
  // A Gateway may have such a listener to be completed by ListenerSets.
  const placeholder = !tls && (protocol === 'HTTPS' || protocol === 'TLS');
  if (placeholder && set) {
    const message = `protocol is ${protocol} but no TLS section is defined`;
    fail(conditions, 'Accepted', { reason: 'UnsupportedProtocol', message });
    fail(conditions, 'Programmed', badTls);
  }
  const server: GatewayServer = {
    port: { name: 'default', number: portOf(listener), protocol: protocolError(protocol, of.waypoint) ? '' : protocol },
    hosts: hostsOf(listener, of),
    ...(tls ? { tls } : {}),
  };
  const valid = !tlsError && !refused && !(placeholder && set);
  return { listener, ...withKinds(listener, conditions), server: placeholder ? undefined : server, valid };
}

/** ReportListenerConflict. */
export function conflictedListener(listener: Listener, reason: string): ListenerResult {
  const message = 'Listener has a conflict with another listener attached to the same Gateway';
  const error = { reason, message };
  const conditions: Conditions = {
    Accepted: { reason, message, error },
    Programmed: { reason, message, error },
    Conflicted: { reason, message, status: 'True' },
  };
  return { listener, ...withKinds(listener, conditions), valid: false };
}

const goodConditions = (): Conditions => ({
  Accepted: good('Accepted', 'No errors found'),
  Programmed: good('Programmed', 'No errors found'),
  Conflicted: { reason: 'NoConflicts', message: 'No errors found', status: 'False' },
  ResolvedRefs: good('ResolvedRefs', 'No errors found'),
});

const badTls: ConfigError = { reason: 'Invalid', message: 'Bad TLS configuration' };
const clientReasons = new Set(['InvalidCACertificateRef', 'InvalidCACertificateKind', 'RefNotPermitted']);

function fail(conditions: Conditions, type: string, error: ConfigError): void {
  const condition = conditions[type];
  if (condition) condition.error = error;
}

function tlsFailed(conditions: Conditions, error: ConfigError): void {
  fail(conditions, 'ResolvedRefs', error);
  fail(conditions, 'Programmed', badTls);
  if (clientReasons.has(error.reason))
    fail(conditions, 'Accepted', { reason: 'NoValidCACertificate', message: error.message });
}

function withKinds(listener: Listener, conditions: Conditions): { kinds: RouteKind[]; conditions: Conditions } {
  const { kinds, valid } = supportedKinds(listener);
  if (valid) return { kinds, conditions };
  const ResolvedRefs = { reason: 'InvalidRouteKinds', message: 'Invalid route kinds', status: 'False' } as const;
  return { kinds, conditions: { ...conditions, ResolvedRefs } };
}

const portError = (listener: Listener): ConfigError | undefined =>
  portOf(listener) === 0
    ? { reason: 'UnsupportedProtocol', message: `protocol ${listener.protocol ?? ''} requires a port to be set` }
    : undefined;

const protocols = new Set(['HTTP', 'HTTPS', 'TLS', 'TCP']);

function protocolError(protocol: string, waypoint = false): ConfigError | undefined {
  if (protocols.has(protocol) || (waypoint && protocol === 'HBONE')) return undefined;
  const shown = JSON.stringify(protocol);
  const upper = protocol.toUpperCase();
  const message =
    protocol === 'HBONE'
      ? `protocol ${shown} is only supported for waypoint proxies`
      : protocols.has(upper)
        ? `protocol ${shown} is unsupported. hint: "${upper}" (uppercase) may be supported`
        : `protocol ${shown} is unsupported`;
  return { reason: 'UnsupportedProtocol', message };
}

/** Hosts with the namespaces whose routes may have them; `~` where there is none (buildHostnameMatch). */
function hostsOf({ hostname = '*', allowedRoutes }: Listener, of: { owner: Owner; world: GatewayWorld }): string[] {
  const at = { own: of.owner.namespace, namespaces: of.world.namespaces };
  const scopes = routeNamespaces(allowedRoutes?.namespaces, at).filter(Boolean);
  return scopes.length > 0 ? scopes.map((scope) => `${scope}/${hostname}`) : [`~/${hostname}`];
}
