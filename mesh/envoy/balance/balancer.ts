import type { Random } from '../../world/random.ts';
import type { Host } from '../cluster/host.ts';
import { type LocalityGroup, localityWeighted } from './localities.ts';
import { availability, type PriorityLoads, priorityLoads } from './priorities.ts';
import type { LbContext, Picker, PickerOf } from './types.ts';

export interface BalancerConfig {
  picker: PickerOf;
  /** Percent; Envoy's default is 50, Istio's 0. */
  panicThreshold: number;
  /** Percent, 140 by default (ClusterLoadAssignment.policy.overprovisioningFactor). */
  overprovisioning: number;
  localityWeighted: boolean;
  /** Ring hash and Maglev choose the priority by the request's hash, so that it stays. */
  consistent: boolean;
}

type Choice = { healthy: Picker | undefined; degraded: Picker | undefined };

/** Picks hosts of one cluster: priority by load, then locality, then host. `update` when hosts, health or weights change. */
export class Balancer {
  readonly #config: BalancerConfig;
  readonly #random: Random;
  #loads: PriorityLoads = { healthy: [], degraded: [], panic: [] };
  #choices: Choice[] = [];
  /** Set when the first priority takes everything: nothing to draw. */
  #only: Picker | undefined;

  constructor(config: BalancerConfig, random: Random) {
    this.#config = config;
    this.#random = random;
  }

  /** `priorities[p]`: the localities of priority p. */
  update(priorities: readonly (readonly LocalityGroup[])[]): void {
    const { overprovisioning, panicThreshold } = this.#config;
    const all = priorities.map((groups) => availability(groups.flatMap((g) => g.hosts)));
    this.#loads = priorityLoads(all, overprovisioning, panicThreshold);
    this.#choices = priorities.map((groups, p) => {
      if (this.#loads.panic[p]) {
        // In panic localities do not count (source/common/upstream/load_balancer_impl.cc, hostSourceToUse).
        const all = this.#flat(groups.flatMap((g) => g.hosts));
        return { healthy: all, degraded: all };
      }
      return {
        healthy: this.#over(groups, (h) => h.usable),
        degraded: this.#over(groups, (h) => h.health === 'degraded' && !h.ejected),
      };
    });
    this.#only = this.#loads.healthy[0] === 100 ? this.#choices[0]?.healthy : undefined;
  }

  /** Undefined: no host can be picked (UH). */
  pick(context: LbContext): Host | undefined {
    const picker = this.#only;
    let host = (picker ?? this.#choose(context))?.pick(context);
    if (!context.avoids || this.#config.consistent) return host;
    // Retry host predicates: try again, then take what comes (source/common/upstream/load_balancer_impl.cc, chooseHost).
    for (let n = 0; host && n < context.hostSelectionAttempts && context.avoids(host); n++)
      host = (picker ?? this.#choose(context))?.pick(context);
    return host;
  }

  /** By one number from 1 to 100 (LoadBalancerBase::choosePriority). */
  #choose(context: LbContext): Picker | undefined {
    const hash = this.#config.consistent ? context.hash() : undefined;
    let rest = hash === undefined ? Math.floor(this.#random.next() * 100) : Number(hash % 100n);
    const { healthy, degraded } = this.#loads;
    for (const [p, choice] of this.#choices.entries()) {
      rest -= healthy[p] ?? 0;
      if (rest < 0) return choice.healthy;
    }
    for (const [p, choice] of this.#choices.entries()) {
      rest -= degraded[p] ?? 0;
      if (rest < 0) return choice.degraded;
    }
    return undefined;
  }

  #over(groups: readonly LocalityGroup[], eligible: (host: Host) => boolean): Picker | undefined {
    const { picker, overprovisioning } = this.#config;
    if (this.#config.localityWeighted)
      return localityWeighted(groups, eligible, { picker, random: this.#random, overprovisioning });
    return this.#flat(groups.flatMap((g) => g.hosts).filter(eligible));
  }

  #flat(hosts: readonly Host[]): Picker | undefined {
    return hosts.length === 0 ? undefined : this.#config.picker(hosts, this.#random);
  }
}
