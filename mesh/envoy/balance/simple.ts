import type { Random } from '../../world/random.ts';
import type { Host } from '../cluster/host.ts';
import { EdfScheduler } from './edf.ts';
import type { PickerOf } from './types.ts';

const equalWeights = (hosts: readonly Host[]): boolean => hosts.every((h) => h.weight === hosts[0]?.weight);
const below = (n: number, random: Random): number => Math.floor(random.next() * n);

/** Like a scheduler that has been running for a while, so that not every proxy starts with the same host (EdfLoadBalancerBase::refresh). */
function started(hosts: readonly Host[], weight: (host: Host) => number, random: Random): EdfScheduler<Host> {
  const scheduler = new EdfScheduler(hosts, weight);
  for (let n = below(hosts.length, random); n > 0; n--) scheduler.next();
  return scheduler;
}

/** source/extensions/load_balancing_policies/round_robin. */
export const roundRobin: PickerOf = (hosts, random) => {
  if (!equalWeights(hosts)) {
    const scheduler = started(hosts, (h) => h.weight, random);
    return { pick: () => scheduler.next() };
  }
  let index = below(hosts.length, random);
  return { pick: () => hosts[index++ % hosts.length] };
};

/** source/extensions/load_balancing_policies/random: weights do not count. */
export const randomHost: PickerOf = (hosts, random) => ({ pick: () => hosts[below(hosts.length, random)] });

export interface LeastRequestConfig {
  choices: number;
  /** Exponent of the active requests where weights differ (activeRequestBias, default 1). */
  bias: number;
}

/**
 * source/extensions/load_balancing_policies/least_request: with equal weights the least loaded of `choices` hosts drawn
 * with replacement, the first drawn when equal; with different weights a weighted round robin whose weights fall with the load.
 */
export const leastRequest =
  ({ choices, bias }: LeastRequestConfig): PickerOf =>
  (hosts, random) => {
    const only = hosts.length === 1 ? hosts[0] : undefined;
    if (only) return { pick: () => only };
    if (!equalWeights(hosts)) {
      const scheduler = started(hosts, (h) => (bias === 0 ? h.weight : h.weight / (h.active + 1) ** bias), random);
      return { pick: () => scheduler.next() };
    }
    return {
      pick() {
        let best = hosts[below(hosts.length, random)];
        for (let i = 1; i < choices; i++) {
          const other = hosts[below(hosts.length, random)];
          if (best && other && other.active < best.active) best = other;
        }
        return best;
      },
    };
  };
