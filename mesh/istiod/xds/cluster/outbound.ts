import { isObject, type JsonObject } from '../../../json.ts';
import type { DestinationRule, MergedDestinationRule, Subset, TrafficPolicy } from '../../model/destination-rule.ts';
import { isHttp, isHttp2 } from '../../model/protocol.ts';
import type { Port, Service } from '../../model/service.ts';
import { outboundKey, sniKey } from '../../model/subset-key.ts';
import { portPolicy, subsetPolicy } from '../../model/traffic-policy.ts';
import { endpointsFor } from '../../snapshot/services.ts';
import { ads, present } from '../any.ts';
import { configPath, destinationRule, originOfService, originOfSpec, type ProxyContext } from '../context.ts';
import { cacheOf, clusterType, hasDynamicCluster, isDynamic } from '../dynamic-dns/dynamic-dns.ts';
import { noteAssignment } from '../endpoint/assignment-origins.ts';
import { tcpMetadataExchange } from '../filter/metadata-exchange.ts';
import { reachedByTunnel } from '../hbone/ambient.ts';
import { preserveCase } from '../http-connection-manager.ts';
import { statName } from '../stat-name.ts';
import { applyConnectionPool, applyH2Upgrade } from './connection-pool.ts';
import { applyDns, dnsAssignment, dnsGroups, isDns } from './dns.ts';
import { type ClusterDraft, type DiscoveryType, finish, newDraft, useClientProtocol, useHttp2 } from './draft.ts';
import { applyLoadBalancer } from './load-balancer.ts';
import { applyOutlierDetection } from './outlier-detection.ts';
import { notePolicy } from './policy-origins.ts';
import { applyProxyProtocol, applyTls } from './upstream-tls.ts';

/**
 * The clusters of one service: for each port one, and one for each subset (buildOutboundClusters in istio networking/core/cluster.go).
 * `sniDnat`: for connections that a gateway passes on with their TLS (buildOutboundSniDnatClusters).
 */
export function serviceClusters(context: ProxyContext, service: Service, sniDnat = false): JsonObject[] {
  if (service.resolution === 'Alias') return [];
  const rule = destinationRule(context, service.hostname);
  const clusters: JsonObject[] = [];
  for (const port of service.ports) {
    if (port.protocol === 'UDP' || (isDynamic(service) && !hasDynamicCluster(port.protocol))) continue;
    const main = cluster(context, { service, port, rule, sniDnat });
    if (!main) continue;
    const subsets = isDynamic(service) ? [] : (rule?.config.spec.subsets ?? []);
    clusters.push(
      main,
      ...present(subsets.map((subset) => cluster(context, { service, port, rule, subset, sniDnat }))),
    );
  }
  return clusters;
}

interface Wanted {
  service: Service;
  port: Port;
  rule: MergedDestinationRule | undefined;
  subset?: Subset;
  sniDnat: boolean;
}

/** convertResolution; clusters of headless services go where the client wanted to go. */
const discovery: { [resolution in Service['resolution']]: DiscoveryType } = {
  ClientSideLB: 'EDS',
  DNSLB: 'STRICT_DNS',
  DNSRoundRobinLB: 'LOGICAL_DNS',
  Passthrough: 'ORIGINAL_DST',
  Alias: 'EDS',
  DynamicDNS: 'EDS',
};

function cluster(context: ProxyContext, of: Wanted): JsonObject | undefined {
  const { service, port, rule, subset } = of;
  const name = (of.sniDnat ? sniKey : outboundKey)(port.port, subset?.name ?? '', service.hostname);
  const draft = newDraft(name, goesToOriginal(of) ? 'ORIGINAL_DST' : discoveryOf(context, service));
  const parts = { service, subset: subset?.name, port: port.port, portName: port.name, targetPort: 0 };
  draft.fields.altStatName = `${statName(context.mesh.outboundClusterStatName, parts) ?? name};`;
  const groups = isDns(draft) ? dnsGroups(context, of) : [];
  if (isDns(draft) && groups.length === 0) return undefined;
  if (isDns(draft)) applyDns(context, draft, service);
  setProtocol(context, draft, port);
  if (draft.type === 'DYNAMIC')
    Object.assign(draft.fields, { clusterType: clusterType(cacheOf(context, service)), lbPolicy: 'CLUSTER_PROVIDED' });
  else draft.istio.services = [serviceMetadata(service)];
  const override = draft.type === 'ORIGINAL_DST' ? service.targetPortOverrides.get(port.port) : undefined;
  if (override !== undefined) draft.fields.originalDstLbConfig = { upstreamPortOverride: override };
  const policy = policyOf(context, of);
  applyPolicy(context, draft, { ...of, policy });
  if (isDns(draft))
    draft.fields.loadAssignment = dnsAssignment(context, draft, { groups, policy, service, isSubset: !!subset });
  if (draft.type === 'EDS') draft.fields.edsClusterConfig = { edsConfig: ads, serviceName: name };
  draft.fields.filters = [tcpMetadataExchange];
  describe(context, draft, of);
  const written = finish(draft);
  context.origins.mark(
    written,
    originOfSpec(context, subset) ?? originOfSpec(context, rule?.config.spec) ?? originOfService(service),
  );
  if (rule) notePolicy(context, written, policy);
  if (isObject(written.loadAssignment)) noteAssignment(context, written.loadAssignment, { service, subset, policy });
  return written;
}

/** A subset is of the type that its rule made of the main cluster, whatever its own policy says (buildSubsetCluster). */
function goesToOriginal({ port, rule, subset }: Wanted): boolean {
  if (!subset) return false;
  const main = portPolicy(rule?.config.spec.trafficPolicy, port.port).policy;
  return [main, subset.trafficPolicy].some((policy) => policy?.loadBalancer?.simple === 'PASSTHROUGH');
}

/** convertResolution. Envoy connects to several addresses at once only where it sees them as one host. */
export const discoveryOf = ({ proxy }: ProxyContext, service: Service): DiscoveryType => {
  const { resolution, raceConnect } = service;
  // What a gateway is connected to is its own address, which says nothing of where to go.
  if (resolution === 'Passthrough' && proxy.type === 'router') return 'EDS';
  if (isDynamic(service)) return 'DYNAMIC';
  return resolution === 'DNSLB' && raceConnect ? 'LOGICAL_DNS' : discovery[resolution];
};

export const serviceMetadata = ({ hostname, name, namespace }: Service): JsonObject => ({
  host: hostname,
  name,
  namespace,
});

/** setUpstreamProtocol: HTTP/2 as declared; sniffed ports speak what the client spoke. */
export function setProtocol(context: ProxyContext, draft: ClusterDraft, port: Port): void {
  if (isHttp2(port.protocol)) {
    useHttp2(draft);
    return;
  }
  const sniffed = port.protocol === 'Auto';
  if ((sniffed || isHttp(port.protocol)) && context.proxyConfig.proxyHeaders?.preserveHttp1HeaderCase)
    draft.http = { protocol: { explicitHttpConfig: { httpProtocolOptions: preserveCase } } };
  // Clients of a gateway are offered HTTP/2, which its upstream need not speak.
  if (sniffed && context.proxy.type !== 'router') useClientProtocol(draft);
}

/** The mesh's baseline stands where the rule says nothing (applyDefaultTrafficPolicy). */
export function withMeshDefaults(context: ProxyContext, policy: TrafficPolicy | undefined): TrafficPolicy {
  const defaults = context.mesh.defaultTrafficPolicy;
  return {
    ...policy,
    connectionPool: policy?.connectionPool ?? defaults?.connectionPool,
    outlierDetection: policy?.outlierDetection ?? defaults?.outlierDetection,
  };
}

function policyOf(context: ProxyContext, { port, rule, subset }: Wanted): TrafficPolicy {
  const base = withMeshDefaults(context, portPolicy(rule?.config.spec.trafficPolicy, port.port).policy);
  return subset ? (subsetPolicy(base, subset.trafficPolicy, port.port) ?? base) : base;
}

function applyPolicy(context: ProxyContext, draft: ClusterDraft, of: Wanted & { policy: TrafficPolicy }): void {
  const { service, port, policy } = of;
  applyH2Upgrade(context, draft, { port, pool: policy.connectionPool });
  applyConnectionPool(context, draft, policy);
  applyOutlierDetection(draft, policy.outlierDetection, service);
  if (draft.type !== 'DYNAMIC') applyLoadBalancer(context, draft, { service, loadBalancer: policy.loadBalancer });
  if (!of.sniDnat) applySecurity(context, draft, of);
  if (draft.type === 'ORIGINAL_DST') draft.fields.lbPolicy = 'CLUSTER_PROVIDED';
}

function applySecurity(context: ProxyContext, draft: ClusterDraft, of: Wanted & { policy: TrafficPolicy }): void {
  const { service, port, rule, subset, policy } = of;
  applyTls(context, draft, {
    service,
    tls: policy.tls,
    identities: endpointsFor(context.snapshot.endpoints, service).identities,
    sni: draft.type === 'DYNAMIC' ? '' : sniKey(port.port, subset?.name ?? '', service.hostname),
    serverMtls: expectsMtls(context, of),
    ruleSelects: rule?.config.spec.workloadSelector !== undefined,
  });
  applyProxyProtocol(draft, policy.proxyProtocol);
}

/**
 * Whether servers are taken to accept mutual TLS, by the policies of mesh and namespace only. Where the client chooses the
 * endpoint, all must have sidecars, because the cluster cannot tell them apart (BestEffortInferServiceMTLSMode).
 */
function expectsMtls(context: ProxyContext, { service, port, rule, subset }: Wanted): boolean {
  if (service.meshExternal) return false;
  const policy = subset ? subset.trafficPolicy : rule?.config.spec.trafficPolicy;
  if (service.resolution === 'Passthrough' || policy?.loadBalancer?.simple === 'PASSTHROUGH') {
    const endpoints = endpointsFor(context.snapshot.endpoints, service).byPort.get(port.port) ?? [];
    if (endpoints.length === 0 || endpoints.some((e) => e.tlsMode === 'disabled')) return false;
  }
  return context.snapshot.authn.namespaceMode(service.namespace) !== 'DISABLE';
}

/** What telemetry and people read from `filterMetadata.istio`. */
function describe(context: ProxyContext, draft: ClusterDraft, { service, rule, subset, port }: Wanted): void {
  const endpoints = endpointsFor(context.snapshot.endpoints, service).byPort.get(port.port) ?? [];
  // Through a tunnel peers cannot exchange metadata.
  const tunnels = endpoints.length > 0 && endpoints.every((e) => reachedByTunnel(context, e));
  if (tunnels && !subset) draft.istio.disable_mx = true;
  else if (service.meshExternal && !subset) draft.istio.external = true;
  if (!rule) return;
  draft.istio.config = configPath(rule.config);
  if (subset) draft.istio.subset = subset.name;
  const mode = tlsMode(rule.config.spec, subset, port.port);
  if (mode === 'SIMPLE' || mode === 'MUTUAL') draft.istio.alpn_override = 'false';
}

const tlsMode = (rule: DestinationRule, subset: Subset | undefined, port: number): string | undefined =>
  subset
    ? subsetPolicy(rule.trafficPolicy, subset.trafficPolicy, port)?.tls?.mode
    : portPolicy(rule.trafficPolicy, port).policy?.tls?.mode;
