import type { Random } from '../../world/random.ts';
import type { Host, Locality } from '../cluster/host.ts';
import { EdfScheduler } from './edf.ts';
import type { Picker, PickerOf } from './types.ts';

export interface LocalityGroup {
  locality: Locality;
  /** loadBalancingWeight of the LocalityLbEndpoints; 0 takes no load. */
  weight: number;
  hosts: readonly Host[];
}

/**
 * localityWeightedLbConfig (docs: intro/arch_overview/upstream/load_balancing/locality_weight): a locality's weight is
 * lowered when, with overprovisioning, its hosts no longer suffice; then an algorithm of its own picks among its hosts.
 */
export function localityWeighted(
  groups: readonly LocalityGroup[],
  eligible: (host: Host) => boolean,
  how: { picker: PickerOf; random: Random; overprovisioning: number },
): Picker | undefined {
  const parts = groups.flatMap(({ weight, hosts }) => {
    const able = hosts.filter(eligible);
    if (weight === 0 || able.length === 0) return [];
    const share = Math.min(1, (how.overprovisioning * able.length) / hosts.length / 100);
    return [{ weight: weight * share, picker: how.picker(able, how.random) }];
  });
  if (parts.length === 0) return undefined;
  const scheduler = new EdfScheduler(parts, (p) => p.weight);
  return { pick: (context) => scheduler.next()?.picker.pick(context) };
}
