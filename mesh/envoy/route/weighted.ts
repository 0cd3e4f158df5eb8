import type { ClusterChoice } from '../policy.ts';

/** Index of the cluster that a stream's random value falls on, -1 when the route has no weights (config_impl.cc, pickWeightedCluster). */
export function pickWeighted(choice: ClusterChoice, randomValue: number): number {
  if (choice.kind !== 'weighted') return -1;
  const selected = randomValue % choice.total;
  let end = 0;
  for (let i = 0; i < choice.weights.length; i++) {
    end += choice.weights[i] ?? 0;
    if (selected < end) return i;
  }
  return -1;
}
