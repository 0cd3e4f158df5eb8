import type { Random } from '../../world/random.ts';
import type { Host } from '../cluster/host.ts';
import { EdfScheduler } from './edf.ts';
import type { SlowStart } from './slow-start.ts';
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
export const roundRobinWith =
  (slow: SlowStart | undefined): PickerOf =>
  (hosts, random) => {
    if (!equalWeights(hosts) || slow?.isWarming(hosts)) {
      const scheduler = started(hosts, (h) => h.weight * (slow?.factor(h) ?? 1), random);
      return { pick: () => scheduler.next() };
    }
    let index = below(hosts.length, random);
    return { pick: () => hosts[index++ % hosts.length] };
  };

export const roundRobin = roundRobinWith(undefined);

/** source/extensions/load_balancing_policies/random: weights do not count. */
export const randomHost: PickerOf = (hosts, random) => ({ pick: () => hosts[below(hosts.length, random)] });

export interface LeastRequestConfig {
  choices: number;
  /** Exponent of the active requests where weights differ (activeRequestBias, default 1). */
  bias: number;
  slow?: SlowStart | undefined;
}

/**
 * source/extensions/load_balancing_policies/least_request: with equal weights the least loaded of `choices` hosts drawn
 * with replacement, the first drawn when equal; with different weights a weighted round robin whose weights fall with the load.
 */
export const leastRequest =
  ({ choices, bias, slow }: LeastRequestConfig): PickerOf =>
  (hosts, random) => {
    const only = hosts.length === 1 ? hosts[0] : undefined;
    if (only) return { pick: () => only };
    if (!equalWeights(hosts) || slow?.isWarming(hosts)) {
      const loaded = (h: Host): number => (bias === 0 ? h.weight : h.weight / (h.active + 1) ** bias);
      const scheduler = started(hosts, (h) => loaded(h) * (slow?.factor(h) ?? 1), random);
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
