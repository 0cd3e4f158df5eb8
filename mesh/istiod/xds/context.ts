import type { JsonObject } from '../../json.ts';
import { isObject } from '../../json.ts';
import type { Problem } from '../../problem.ts';
import type { Patch } from '../ingest/envoy-filter.ts';
import { type MeshConfig, type ProxyConfig, proxyConfig } from '../mesh-config.ts';
import type { Config } from '../model/config.ts';
import type { DestinationRule, MergedDestinationRule } from '../model/destination-rule.ts';
import { isIpv6 } from '../model/host.ts';
import { subsetOf } from '../model/labels.ts';
import { type Service, type ServiceTarget, UNSPECIFIED } from '../model/service.ts';
import type { Proxy as MeshProxy } from '../proxy.ts';
import type { WorkloadMtls } from '../snapshot/authn.ts';
import { scopeOf } from '../snapshot/scope.ts';
import type { SidecarScope } from '../snapshot/scope-types.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { serviceTargets } from '../snapshot/targets.ts';
import { meshCauses } from './mesh-origins.ts';
import { Origins } from './origins.ts';
import type { Origin } from './types.ts';

/** What the builders of one proxy's configuration share. */
export interface ProxyContext {
  snapshot: Snapshot;
  mesh: MeshConfig;
  proxy: MeshProxy;
  scope: SidecarScope;
  /** The service ports that the workload serves. */
  targets: readonly ServiceTarget[];
  proxyConfig: ProxyConfig;
  mtls: WorkloadMtls;
  /** What EnvoyFilters change, in order. */
  patches: readonly Patch[];
  /** Where the peer's name stands: in its certificate, or, behind a tunnel, in the filter state. */
  peer: 'certificate' | 'filterState';
  interception: 'REDIRECT' | 'TPROXY' | 'NONE';
  /** Addresses of the proxy's IP family. */
  wildcard: string;
  localhost: string;
  origins: Origins;
  problems: Problem[];
  /** Pieces that are equal in many places, built once. */
  shared: Map<string, JsonObject[]>;
}

export function contextOf(snapshot: Snapshot, proxy: MeshProxy): ProxyContext {
  const scope = scopeOf(snapshot, proxy);
  const v6 = isIpv6(proxy.ip);
  const mode = proxy.metadata.INTERCEPTION_MODE;
  return {
    snapshot,
    mesh: snapshot.mesh,
    proxy,
    scope,
    targets: serviceTargets(snapshot, proxy),
    proxyConfig: proxyConfigOf(snapshot.mesh, proxy),
    mtls: snapshot.authn.ofWorkload(proxy.namespace, proxy.labels),
    patches: snapshot.envoyFilters.patchesFor(proxy),
    peer: 'certificate',
    interception: mode === 'NONE' || mode === 'TPROXY' ? mode : 'REDIRECT',
    wildcard: v6 ? '::' : UNSPECIFIED,
    localhost: v6 ? '::1' : '127.0.0.1',
    origins: new Origins(meshCauses({ snapshot, proxy, scope })),
    problems: [],
    shared: new Map(),
  };
}

/** What the proxy announced goes before the mesh's default. */
function proxyConfigOf(mesh: MeshConfig, proxy: MeshProxy): ProxyConfig {
  const announced = proxy.metadata.PROXY_CONFIG;
  if (!isObject(announced)) return mesh.defaultConfig ?? {};
  return proxyConfig(announced, '', { keep: () => {}, report: () => {} }) ?? {};
}

export const originOfSpec = (context: ProxyContext, spec: object | undefined): Origin | undefined =>
  spec && context.snapshot.provenance.get(spec);

/** A field of the spec that `node` was read from: `spec.http[0]` and `timeout` give `spec.http[0].timeout`. */
export function originOfField(context: ProxyContext, spec: object | undefined, field: string): Origin | undefined {
  const origin = originOfSpec(context, spec);
  return origin && { ...origin, field: origin.field === undefined ? field : `${origin.field}.${field}` };
}

export const originOfService = (service: Service): Origin => ({
  kind: service.kind,
  namespace: service.namespace,
  name: service.object,
});

/** The rule for traffic to `host`: one that selects this workload (outbound only), else one for all. */
export function destinationRule(
  context: ProxyContext,
  host: string,
  direction: 'outbound' | 'inbound' = 'outbound',
): MergedDestinationRule | undefined {
  let general: MergedDestinationRule | undefined;
  for (const rule of context.scope.destinationRules(host)) {
    const selector = rule.config.spec.workloadSelector;
    if (!selector) general = rule;
    else if (
      direction === 'outbound' &&
      rule.config.namespace === context.scope.namespace &&
      subsetOf(selector.matchLabels, context.proxy.labels)
    )
      return rule;
  }
  return general;
}

export const ruleSpec = (rule: MergedDestinationRule | undefined): DestinationRule | undefined => rule?.config.spec;
export const serviceFor = (context: ProxyContext, host: string): Service | undefined => context.scope.byHost.get(host);

export const isAllowAny = (context: ProxyContext): boolean =>
  context.scope.outboundTrafficPolicy.mode !== 'REGISTRY_ONLY';

/** `filterMetadata.istio.config`: where istiod says which object a route, cluster or chain comes from. */
export const configPath = (config: Config<object>): string => {
  const group = config.kind === 'PeerAuthentication' ? 'security.istio.io' : 'networking.istio.io';
  const kebab = config.kind.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
  return `/apis/${group}/v1/namespaces/${config.namespace}/${kebab}/${config.name}`;
};
export const configMetadata = (config: Config<object>): JsonObject => ({
  filterMetadata: { istio: { config: configPath(config) } },
});
