import { type Config, keyOf } from '../../model/config.ts';
import type { GatewayConfig, ListenerSource } from '../../model/gateway.ts';
import type { KubernetesGateway, ListenerSet } from '../../model/kubernetes-gateway.ts';
import type { Intake } from '../read.ts';
import { type ClassInfo, classInfo } from './classes.ts';
import type { ConfigError } from './conditions.ts';
import { type Conflicts, listenerConflicts, portOf } from './conflicts.ts';
import { checkedPair, type Owner } from './credentials.ts';
import { gatewayServices, isManaged, parametersError } from './gateway-services.ts';
import { conflictedListener, type ListenerResult, listenerResult } from './listener.ts';
import { takesListenersOf } from './namespaces.ts';
import { type ParentInfo, parentKey } from './parents.ts';
import { GATEWAY_GROUP, groupKind, isKind } from './references.ts';
import { GENERATED } from './translated.ts';
import type { GatewayWorld } from './world.ts';

/** A Gateway with what its status says beside its addresses. */
export interface GatewayResult {
  config: Config<KubernetesGateway>;
  /** Elsewhere: nothing is made of it. */
  remote: boolean;
  waypoint?: true | undefined;
  /** Hosts of its Services. */
  services: readonly string[];
  listeners: readonly ListenerResult[];
  /** ListenerSets with a valid listener. */
  sets: readonly ListenerSetResult[];
  error?: ConfigError | undefined;
  clientCertificateError?: ConfigError | undefined;
}

export interface ListenerSetResult {
  config: Config<ListenerSet>;
  gateway: Config<KubernetesGateway>;
  services: readonly string[];
  listeners: readonly ListenerResult[];
  error?: ConfigError | undefined;
  /** The Gateway does not take it, or its class knows none: why. */
  refused?: string;
}

export interface TranslatedGateways {
  gateways: GatewayResult[];
  sets: ListenerSetResult[];
  configs: GatewayConfig[];
  parents: Map<string, ParentInfo[]>;
}

/** Listeners as Istio Gateways with one server each (GatewayCollection and ListenerSetCollection in istio gateway/gateway_collection.go). */
export function translateGateways(
  objects: { gateways: readonly Config<KubernetesGateway>[]; sets: readonly Config<ListenerSet>[] },
  world: GatewayWorld,
  intake: Intake,
): TranslatedGateways {
  const out: TranslatedGateways = { gateways: [], sets: [], configs: [], parents: new Map() };
  const bySet = setsByGateway(objects.sets);
  for (const config of objects.gateways) {
    const info = classInfo(config.spec.gatewayClassName, world);
    if (!info) continue;
    const attached = bySet.get(keyOf(config)) ?? [];
    const taken = attached.filter((s) => info.listenerSets && takes(config, s, world));
    const conflicts = info.listenerSets ? listenerConflicts(config, taken) : new Map();
    const results = attached.map((set) => setResult(set, { gateway: config, info, world, conflicts }));
    const gateway = info.remote
      ? remoteResult(config)
      : gatewayResult(config, { info, world, conflicts, sets: results });
    out.gateways.push(gateway);
    if (!info.remote) out.sets.push(...results);
    if (!info.remote) for (const one of [gateway, ...results]) emit(one, config, { out, intake });
  }
  return out;
}

function setsByGateway(sets: readonly Config<ListenerSet>[]): Map<string, Config<ListenerSet>[]> {
  const out = new Map<string, Config<ListenerSet>[]>();
  for (const set of sets) {
    const ref = set.spec.parentRef ?? {};
    if (!isKind(groupKind(ref, { group: GATEWAY_GROUP, kind: 'Gateway' }), GATEWAY_GROUP, 'Gateway')) continue;
    const key = `${ref.namespace ?? set.namespace}/${ref.name ?? ''}`;
    out.set(key, [...(out.get(key) ?? []), set]);
  }
  return out;
}

const takes = (gateway: Config<KubernetesGateway>, set: Config<ListenerSet>, { namespaces }: GatewayWorld): boolean =>
  takesListenersOf(gateway.spec.allowedListeners?.namespaces, {
    namespace: set.namespace,
    gateway: gateway.namespace,
    namespaces,
  });

const remoteResult = (config: Config<KubernetesGateway>): GatewayResult => ({
  config,
  remote: true,
  services: [],
  listeners: [],
  sets: [],
});

interface Translating {
  info: ClassInfo;
  world: GatewayWorld;
  conflicts: Conflicts;
}

function gatewayResult(
  config: Config<KubernetesGateway>,
  { info, world, conflicts, sets }: Translating & { sets: readonly ListenerSetResult[] },
): GatewayResult {
  const owner: Owner = { kind: 'Gateway', namespace: config.namespace, labels: config.labels };
  const { hosts: services, error } = gatewayServices(config, info);
  const client = config.spec.tls?.backend?.clientCertificateRef;
  const clientCertificateError = client && checkedPair(client, { owner, world }, 'InvalidClientCertificateRef');
  const common = { config, remote: false, waypoint: info.waypoint, services, clientCertificateError };
  // Nobody serves it.
  if (services.length === 0 && error) return { ...common, listeners: [], sets: [], error };
  const listeners = listenersOf(config.spec.listeners, { owner, gateway: config, info, world, conflicts });
  return {
    ...common,
    listeners,
    sets: sets.filter((s) => s.listeners.some((l) => l.valid)),
    error: error ?? parametersError(config, world),
  };
}

const listenersOf = (
  listeners: KubernetesGateway['listeners'],
  { owner, gateway, info, world, conflicts }: Translating & { owner: Owner; gateway: Config<KubernetesGateway> },
): ListenerResult[] =>
  (listeners ?? []).map((listener) => {
    const reason = conflicts.get(listener);
    return reason === undefined
      ? listenerResult(listener, { owner, gateway: gateway.spec, waypoint: info.waypoint, world })
      : conflictedListener(listener, reason);
  });

function setResult(
  config: Config<ListenerSet>,
  of: Translating & { gateway: Config<KubernetesGateway> },
): ListenerSetResult {
  const { gateway, world } = of;
  const { hosts: services, error } = gatewayServices(gateway, of.info);
  const common = { config, gateway, services };
  if (!of.info.listenerSets) {
    const refused = `The "${gateway.spec.gatewayClassName ?? ''}" GatewayClass does not support ListenerSet`;
    return { ...common, listeners: [], refused };
  }
  if (!takes(gateway, config, world)) {
    const refused = "The parent Gateway does not allow this reference; check the 'spec.allowedRoutes'";
    return { ...common, listeners: [], refused };
  }
  if (services.length === 0 && error) return { ...common, listeners: [], error };
  const owner: Owner = { kind: 'ListenerSet', namespace: config.namespace, labels: config.labels };
  return { ...common, listeners: listenersOf(config.spec.listeners, { ...of, owner }), error };
}

/** What routes can attach to, and for listeners that are valid an Istio Gateway. */
function emit(
  result: GatewayResult | ListenerSetResult,
  gateway: Config<KubernetesGateway>,
  { out, intake }: { out: TranslatedGateways; intake: Intake },
): void {
  const { config, listeners, services } = result;
  const set = 'gateway' in result;
  const source: ListenerSource = { services, namespace: gateway.namespace, managed: isManaged(gateway.spec) };
  for (const { listener, server, valid, kinds } of listeners) {
    // Of a ListenerSet only its valid listeners belong to the Gateway.
    if (!server || (set && !valid)) continue;
    const name = `${config.name}~${GENERATED}~${listener.name ?? ''}`;
    const owner = parentKey(set ? 'ListenerSet' : 'Gateway', config.namespace, config.name);
    const parent: ParentInfo = {
      internalName: `${config.namespace}/${name}`,
      allowedKinds: kinds,
      hostnames: server.hosts ?? [],
      hostname: listener.hostname ?? '',
      sectionName: listener.name ?? '',
      port: portOf(listener),
      protocol: listener.protocol ?? '',
    };
    out.parents.set(owner, [...(out.parents.get(owner) ?? []), parent]);
    if (!valid) continue;
    const origin = intake.provenance.get(listener);
    for (const node of [server, server.tls]) if (node && origin) intake.provenance.set(node, origin);
    const spec = { servers: [server] };
    out.configs.push({ ...config, kind: 'Gateway', name, spec, listener: source });
  }
}
