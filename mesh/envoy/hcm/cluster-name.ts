import type { ClusterChoice, Stream } from '../types.ts';

/** The cluster that a route action sends a stream to; '' when its header names none. */
export function clusterName(clusters: ClusterChoice, { weightedCluster, request }: Stream): string {
  if (clusters.kind === 'cluster') return clusters.name;
  return (clusters.kind === 'weighted' ? clusters.names[weightedCluster] : request.headers.get(clusters.header)) ?? '';
}
