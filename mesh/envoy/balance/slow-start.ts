import type { JsonObject } from '../../json.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';
import type { Host } from '../cluster/host.ts';
import { has, milliseconds, number, object } from '../runtime/proto.ts';

/** How much of its weight a host that is new gets (docs: load_balancing/slow_start). */
export interface SlowStart {
  /** Whether any of them is still new. */
  isWarming(hosts: readonly Host[]): boolean;
  /** From minWeightPercent up to 1. */
  factor(host: Host): number;
}

/**
 * slowStartConfig of a roundRobinLbConfig or leastRequestLbConfig; undefined without one
 * (envoy source/extensions/load_balancing_policies/common/load_balancer_impl.cc, applySlowStartFactor).
 */
export function compileSlowStart(lbConfig: JsonObject, clock: Pick<VirtualClock, 'elapsed'>): SlowStart | undefined {
  const config = object(lbConfig, 'slowStartConfig');
  const window = milliseconds(config, 'slowStartWindow');
  if (window <= 0) return undefined;
  const aggression = number(object(config, 'aggression'), 'defaultValue', 1);
  const percent = has(config, 'minWeightPercent') ? number(object(config, 'minWeightPercent'), 'value') : 10;
  const age = (host: Host): number => clock.elapsed - host.since;
  return {
    isWarming: (hosts) => hosts.some((host) => age(host) <= window),
    factor(host) {
      const old = age(host);
      if (host.health !== 'healthy' || old >= window) return 1;
      return Math.max((Math.max(1, old) / window) ** (1 / aggression), percent / 100);
    },
  };
}
