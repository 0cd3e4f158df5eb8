import type { JsonObject } from '../../../json.ts';
import { CLUSTER } from '../../ingest/pod.ts';
import { compareText } from '../../model/config.ts';
import type { TrafficPolicy } from '../../model/destination-rule.ts';
import { isIp } from '../../model/host.ts';
import { canonicalService, type Labels, splitLocality, subsetOf } from '../../model/labels.ts';
import { type Endpoint, type Port, portByNumber, type Service } from '../../model/service.ts';
import { isSniKey, parseSubsetKey } from '../../model/subset-key.ts';
import { effectivePolicy } from '../../model/traffic-policy.ts';
import { endpointsFor } from '../../snapshot/services.ts';
import { socketAddress, some, text } from '../any.ts';
import { destinationRule, type ProxyContext, ruleSpec, serviceFor } from '../context.ts';
import { tunnelChecker } from '../hbone/ambient.ts';
import { noteAssignment, noteMtls } from './assignment-origins.ts';
import { applyLocality, effectiveLocality, type LocalityGroup } from './locality.ts';
import { mtlsChecker } from './mtls.ts';

/** A ClusterLoadAssignment (BuildClusterLoadAssignment in istio pilot/pkg/xds/endpoints/endpoint_builder.go). */
export function loadAssignment(context: ProxyContext, clusterName: string): JsonObject {
  const parts = parseSubsetKey(clusterName);
  const service = parts && serviceFor(context, parts.host);
  const port = parts && service && portByNumber(service, parts.port);
  if (!parts || !service || !port) return { clusterName };
  const rule = ruleSpec(destinationRule(context, service.hostname));
  const policy = effectivePolicy(rule, parts.subset, port.port);
  const subset = rule?.subsets?.find((s) => s.name === parts.subset);
  const labels = subset?.labels;
  const unready = sendsUnready(service, policy);
  const endpoints = endpointsFor(context.snapshot.endpoints, service).all.filter(
    (e) =>
      e.servicePort === port.name &&
      (e.port === 0 || isIp(e.addresses[0] ?? '')) &&
      subsetOf(labels, e.labels) &&
      isUsable(context, service, e, unready),
  );
  const mtls = mtlsChecker(context.snapshot, { rule, subset: parts.subset, port: port.port });
  const all = groupByLocality(endpoints, { mtls, tunnel: tunnelChecker(context) });
  const groups = applyLocality(
    isSniKey(clusterName) ? all.map(onlyMtls) : all,
    effectiveLocality(context.mesh, policy?.loadBalancer, service),
    {
      client: clientOf(context),
      detects: policy?.outlierDetection !== undefined,
    },
  );
  const assignment: JsonObject = { clusterName, endpoints: some(groups.map(written)) };
  noteAssignment(context, assignment, { service, subset, policy });
  noteMtls(context, groups, policy?.tls);
  return assignment;
}

/** Endpoints of a service's port and subset by locality, for clusters that carry them (FromServiceEndpoints). */
export function portGroups(
  context: ProxyContext,
  of: { service: Service; port: Port; subset: string; labels: Labels | undefined },
): LocalityGroup[] {
  const { service, port, subset, labels } = of;
  const rule = ruleSpec(destinationRule(context, service.hostname));
  const policy = effectivePolicy(rule, subset, port.port);
  const unready = sendsUnready(service, policy);
  const endpoints = (endpointsFor(context.snapshot.endpoints, service).byPort.get(port.port) ?? []).filter(
    (e) => subsetOf(labels, e.labels) && isUsable(context, service, e, unready),
  );
  const mtls = mtlsChecker(context.snapshot, { rule, subset, port: port.port });
  const groups = groupByLocality(endpoints, { mtls, tunnel: tunnelChecker(context) });
  noteMtls(context, groups, policy?.tls);
  return groups;
}

/** A rule that ejects hosts below a share of healthy ones must not count those that never were. */
const sendsUnready = (service: Service, policy: TrafficPolicy | undefined): boolean =>
  service.trafficDistribution !== 'Any' || !((policy?.outlierDetection?.minHealthPercent ?? 0) > 0);

/** filterIstioEndpoint. */
function isUsable(context: ProxyContext, service: Service, endpoint: Endpoint, unready: boolean): boolean {
  if (service.nodeLocal && endpoint.node !== context.proxy.metadata.NODE_NAME) return false;
  if (endpoint.health === 'UNHEALTHY') return unready;
  return endpoint.health === 'HEALTHY' || endpoint.health === 'UNKNOWN';
}

export function clientOf(context: ProxyContext): { locality: string; labels: Endpoint['labels'] } {
  const { labels } = context.proxy;
  const parts = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone', 'topology.istio.io/subzone'];
  return { locality: parts.map((p) => labels[p] ?? '').join('/'), labels };
}

/** How endpoints are reached: by mutual TLS, or through a tunnel. */
export interface Reach {
  mtls: (endpoint: Endpoint) => boolean;
  tunnel: (endpoint: Endpoint) => boolean;
}

export function groupByLocality(endpoints: readonly Endpoint[], { mtls, tunnel }: Reach): LocalityGroup[] {
  const groups = new Map<string, Endpoint[]>();
  for (const endpoint of endpoints) {
    const list = groups.get(endpoint.locality);
    if (list) list.push(endpoint);
    else groups.set(endpoint.locality, [endpoint]);
  }
  return [...groups]
    .sort(([a], [b]) => compareText(a, b))
    .map(([locality, list]) => ({
      locality,
      endpoints: list,
      lbEndpoints: list.map((e) => lbEndpoint(e, { mtls: mtls(e), tunnel: tunnel(e) })),
      weight: Math.min(
        list.reduce((sum, e) => sum + e.weight, 0),
        4294967295,
      ),
      priority: 0,
    }));
}

export function written(group: LocalityGroup): JsonObject {
  const { region, zone, subZone } = splitLocality(group.locality);
  return {
    lbEndpoints: some(group.lbEndpoints),
    loadBalancingWeight: group.weight || undefined,
    locality: { region: text(region), zone: text(zone), subZone: text(subZone) },
    priority: group.priority || undefined,
  };
}

/** A gateway that passes TLS on must not lead to who would not ask for a certificate (EndpointsWithMTLSFilter). */
function onlyMtls(group: LocalityGroup): LocalityGroup {
  const kept = [...group.lbEndpoints.keys()].filter((i) => usesMtls(group.lbEndpoints[i]));
  const endpoints = kept.flatMap((i) => group.endpoints[i] ?? []);
  const weight = endpoints.reduce((sum, e) => sum + e.weight, 0);
  return { ...group, endpoints, lbEndpoints: kept.map((i) => group.lbEndpoints[i] ?? {}), weight };
}

const usesMtls = (endpoint: JsonObject | undefined): boolean => {
  const { filterMetadata } = (endpoint?.metadata ?? {}) as { filterMetadata?: JsonObject };
  return filterMetadata?.['envoy.transport_socket_match'] !== undefined;
};

/** buildEnvoyLbEndpoint: the address, whether to use mutual TLS, and who it is for the client's telemetry. */
function lbEndpoint(endpoint: Endpoint, { mtls, tunnel }: { mtls: boolean; tunnel: boolean }): JsonObject {
  const { name, revision } = canonicalService(endpoint.labels, endpoint.workload);
  const workload = [endpoint.workload, endpoint.namespace, name, revision === 'latest' ? '' : revision, CLUSTER];
  const tlsMode = mtls && endpoint.tlsMode !== 'disabled' ? endpoint.tlsMode : '';
  const address = endpoint.addresses[0] ?? '';
  const target = `${address.includes(':') ? `[${address}]` : address}:${endpoint.port}`;
  const internal = { endpointId: target, serverListenerName: 'connect_originate' };
  return {
    endpoint: { address: tunnel ? { envoyInternalAddress: internal } : socketAddress(address, endpoint.port) },
    healthStatus: endpoint.health === 'UNKNOWN' ? undefined : endpoint.health,
    loadBalancingWeight: endpoint.weight,
    metadata: {
      filterMetadata: {
        'envoy.filters.listener.original_dst': tunnel ? { local: target } : undefined,
        'envoy.transport_socket_match': tunnel ? { tunnel: 'http' } : tlsMode ? { tlsMode } : undefined,
        istio: { workload: workload.join(';') },
      },
    },
  };
}
