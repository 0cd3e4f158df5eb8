import type { JsonObject } from '../../../json.ts';
import type { TrafficPolicy } from '../../model/destination-rule.ts';
import { durationText } from '../../model/duration.ts';
import type { Labels } from '../../model/labels.ts';
import type { Port, Service } from '../../model/service.ts';
import { typed } from '../any.ts';
import type { ProxyContext } from '../context.ts';
import { clientOf, portGroups, written } from '../endpoint/assignment.ts';
import { applyLocality, effectiveLocality, type LocalityGroup } from '../endpoint/locality.ts';
import type { ClusterDraft } from './draft.ts';

export const isDns = ({ type }: ClusterDraft): boolean => type === 'STRICT_DNS' || type === 'LOGICAL_DNS';

/** PILOT_DNS_CARES_UDP_MAX_QUERIES and PILOT_DNS_JITTER_DURATION as istiod is installed. */
const resolver = typed('envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig', { udpMaxQueries: 100 });
const jitter = '0.100s';

/** How Envoy resolves names (buildCluster in istio networking/core/cluster_builder.go). */
export function applyDns(context: ProxyContext, draft: ClusterDraft, service: Service): void {
  Object.assign(draft.fields, {
    dnsJitter: jitter,
    dnsLookupFamily: service.raceConnect ? 'ALL' : familyOf(context),
    dnsRefreshRate: durationText(context.mesh.dnsRefreshRate),
    respectDnsTtl: true,
    typedDnsResolverConfig: { name: 'envoy.network.dns_resolver.cares', typedConfig: resolver },
  });
}

/** SelectDNSLookupFamily: AUTO, for IPv6, is the default. */
const familyOf = ({ proxy }: ProxyContext): string | undefined => (proxy.ip.includes(':') ? 'V6_ONLY' : 'V4_ONLY');

interface DnsTarget {
  service: Service;
  port: Port;
  subset?: { name?: string | undefined; labels?: Labels | undefined } | undefined;
}

/** DNS clusters carry their endpoints in themselves. */
export const dnsGroups = (context: ProxyContext, { service, port, subset }: DnsTarget): LocalityGroup[] =>
  portGroups(context, { service, port, subset: subset?.name ?? '', labels: subset?.labels });

/**
 * As istiod, failoverPriority keeps the first locality of a service's own cluster, and leaves those of subsets alone: istiod
 * hands labels of no more than that to the load balancer (dnsWrappedLocalityLbEndpoints).
 */
export function dnsAssignment(
  context: ProxyContext,
  draft: ClusterDraft,
  of: { groups: readonly LocalityGroup[]; policy: TrafficPolicy; service: Service; isSubset: boolean },
): JsonObject {
  const { groups, policy, isSubset } = of;
  const rule = effectiveLocality(context.mesh, policy.loadBalancer, of.service);
  const byLabels = (rule?.setting.failoverPriority?.length ?? 0) > 0;
  const detects = draft.fields.outlierDetection !== undefined;
  const unlabelled = byLabels && isSubset;
  const placed = unlabelled
    ? [...groups]
    : applyLocality(byLabels && detects ? groups.slice(0, 1) : groups, rule, { client: clientOf(context), detects });
  return { clusterName: draft.name, endpoints: placed.map(written) };
}
