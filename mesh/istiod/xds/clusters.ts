import type { JsonObject } from '../../json.ts';
import { compareText } from '../model/config.ts';
import { inboundClusters } from './cluster/inbound.ts';
import { serviceClusters } from './cluster/outbound.ts';
import { blackHoleCluster, inboundPassthroughCluster, passthroughCluster } from './cluster/static.ts';
import type { ProxyContext } from './context.ts';
import { sniDnatClusters } from './gateway/sni-dnat.ts';

/** All clusters of a proxy, by name (CDS). Of clusters with one name the first counts. */
export function buildClusters(context: ProxyContext): JsonObject[] {
  const clusters = [
    ...context.scope.services.flatMap((service) => serviceClusters(context, service)),
    blackHoleCluster(context),
    ...(context.proxy.type === 'router' ? sniDnatClusters(context) : sidecarClusters(context)),
  ];
  const byName = new Map<string, JsonObject>();
  for (const cluster of clusters) {
    const name = String(cluster.name);
    if (!byName.has(name)) byName.set(name, cluster);
  }
  return [...byName.values()].sort((a, b) => compareText(String(a.name), String(b.name)));
}

const sidecarClusters = (context: ProxyContext): JsonObject[] => [
  passthroughCluster(context),
  ...inboundClusters(context),
  inboundPassthroughCluster(context),
];

/** Names of the clusters whose endpoints are fetched. */
export const edsNames = (clusters: readonly JsonObject[]): string[] =>
  clusters.filter((c) => c.type === 'EDS').map((c) => String(c.name));
