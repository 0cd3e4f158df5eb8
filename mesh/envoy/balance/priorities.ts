import type { Host } from '../cluster/host.ts';

/** What may be picked of one priority; `hosts`: all that count. */
export interface Availability {
  hosts: readonly Host[];
  healthy: readonly Host[];
  degraded: readonly Host[];
}

export interface PriorityLoads {
  /** Shares of the load in percent by priority, for healthy and for degraded hosts. */
  healthy: number[];
  degraded: number[];
  /** Priorities where all hosts are picked, health ignored. */
  panic: boolean[];
}

export const availability = (hosts: readonly Host[]): Availability => ({
  hosts: hosts.filter((h) => !h.excluded),
  healthy: hosts.filter((h) => h.usable),
  degraded: hosts.filter((h) => h.health === 'degraded' && !h.ejected),
});

/**
 * How load is spread over priorities (docs: intro/arch_overview/upstream/load_balancing/{priority,degraded,panic_threshold};
 * source/common/upstream/load_balancer_impl.cc, recalculatePerPriorityState). `overprovisioning` is 140 by default:
 * a priority takes all of its load while 72 % of its hosts are healthy. `panicThreshold` in percent, 0 switches panic off.
 */
export function priorityLoads(
  priorities: readonly Availability[],
  overprovisioning: number,
  panicThreshold: number,
): PriorityLoads {
  const available = (n: number, of: number) => (of === 0 ? 0 : Math.min(100, Math.floor((overprovisioning * n) / of)));
  const health = priorities.map((p) => available(p.healthy.length, p.hosts.length));
  const degradedHealth = priorities.map((p) => available(p.degraded.length, p.hosts.length));
  const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);
  const total = Math.min(100, sum(health) + sum(degradedHealth));
  const panic = priorities.map((p) => total < 100 && inPanic(p, panicThreshold));
  if (total === 0) return nothingAvailable(priorities, panicThreshold);
  let left = 100;
  const spread = (list: number[]) =>
    list.map((h) => {
      const load = Math.min(left, Math.floor((h * 100) / total));
      left -= load;
      return load;
    });
  const healthy = spread(health);
  const degraded = spread(degradedHealth);
  // What rounding left goes to the first priority that takes anything.
  const first = healthy.findIndex((l) => l > 0);
  if (first >= 0) healthy[first] = (healthy[first] ?? 0) + left;
  else {
    const worse = degraded.findIndex((l) => l > 0);
    if (worse >= 0) degraded[worse] = (degraded[worse] ?? 0) + left;
  }
  return { healthy, degraded, panic };
}

function inPanic({ hosts, healthy, degraded }: Availability, threshold: number): boolean {
  if (threshold === 0) return false;
  const usable = hosts.length === 0 ? 0 : (100 * (healthy.length + degraded.length)) / hosts.length;
  return usable < threshold;
}

/** All hosts down: with panic every priority takes load by its number of hosts; without, the first takes it and has nobody. */
function nothingAvailable(priorities: readonly Availability[], threshold: number): PriorityLoads {
  const total = priorities.reduce((n, p) => n + p.hosts.length, 0);
  const none = priorities.map(() => 0);
  if (threshold === 0 || total === 0)
    return { healthy: none.map((_, i) => (i === 0 ? 100 : 0)), degraded: none, panic: none.map(() => false) };
  const healthy = priorities.map((p) => Math.floor((100 * p.hosts.length) / total));
  const first = healthy.findIndex((l) => l > 0);
  healthy[first] = (healthy[first] ?? 0) + 100 - healthy.reduce((a, b) => a + b, 0);
  return { healthy, degraded: none, panic: none.map(() => true) };
}
