import type { JsonObject } from '../../json.ts';
import { compareText } from '../model/config.ts';
import { inboundClusters } from './cluster/inbound.ts';
import { serviceClusters } from './cluster/outbound.ts';
import { blackHoleCluster, inboundPassthroughCluster, passthroughCluster } from './cluster/static.ts';
import type { ProxyContext } from './context.ts';

/** All clusters of a sidecar, by name (CDS). Of clusters with one name the first counts. */
export function buildClusters(context: ProxyContext): JsonObject[] {
  const clusters = [
    ...context.scope.services.flatMap((service) => serviceClusters(context, service)),
    blackHoleCluster(context),
    passthroughCluster(context),
    ...inboundClusters(context),
    inboundPassthroughCluster(context),
  ];
  const byName = new Map<string, JsonObject>();
  for (const cluster of clusters) {
    const name = String(cluster.name);
    if (!byName.has(name)) byName.set(name, cluster);
  }
  return [...byName.values()].sort((a, b) => compareText(String(a.name), String(b.name)));
}

/** Names of the clusters whose endpoints are fetched. */
export const edsNames = (clusters: readonly JsonObject[]): string[] =>
  clusters.filter((c) => c.type === 'EDS').map((c) => String(c.name));
