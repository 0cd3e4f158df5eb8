import type { JsonObject } from '../../json.ts';
import type { Gauge, Stats } from '../facts.ts';
import { field, has, number, object, objects } from '../runtime/proto.ts';

/** One limited resource (envoy source/common/upstream/resource_manager_impl.h). */
export class Resource {
  readonly max: number;
  readonly #open: Gauge | undefined;
  active = 0;

  constructor(max: number, open?: Gauge) {
    this.max = max;
    this.#open = open;
  }

  get canCreate(): boolean {
    return this.active < this.max;
  }

  inc(): void {
    this.active++;
    if (this.#open && this.active >= this.max) this.#open.value = 1;
  }

  dec(): void {
    this.active--;
    if (this.#open && this.active < this.max) this.#open.value = 0;
  }
}

export interface CircuitBreaker {
  connections: Resource;
  pending: Resource;
  requests: Resource;
  /** `ending`: requests that have an answer and still count, which here are over by then. */
  retries: { canCreate: (ending: number) => boolean; inc: () => void; dec: () => void };
}

const unlimited = 4_294_967_295;

/** Limits of one priority; absent ones are 1024, retries 3 (envoy.config.cluster.v3.CircuitBreakers.Thresholds). */
export function compileCircuitBreaker(
  cluster: JsonObject,
  priority: 'DEFAULT' | 'HIGH',
  at: { stats: Stats; prefix: string },
): CircuitBreaker {
  const all = objects(object(cluster, 'circuitBreakers'), 'thresholds');
  const own = all.find((t) => (field(t, 'priority') ?? 'DEFAULT') === priority) ?? {};
  const resource = (name: string, stat: string, otherwise: number): Resource => {
    const max = number(own, name, otherwise);
    // Nobody reaches 2^32-1: no gauge to keep.
    return new Resource(
      max,
      max === unlimited ? undefined : at.stats.gauge(`${at.prefix}circuit_breakers.${priority.toLowerCase()}.${stat}`),
    );
  };
  const connections = resource('maxConnections', 'cx_open', 1024);
  const pending = resource('maxPendingRequests', 'rq_pending_open', 1024);
  const requests = resource('maxRequests', 'rq_open', 1024);
  const retries = resource('maxRetries', 'rq_retry_open', 3);
  const budget = has(own, 'retryBudget')
    ? compileBudget(object(own, 'retryBudget'), { requests, pending, retries })
    : undefined;
  return {
    connections,
    pending,
    requests,
    retries: { canCreate: budget ?? (() => retries.canCreate), inc: () => retries.inc(), dec: () => retries.dec() },
  };
}

/**
 * A retry budget replaces maxRetries: that share of the requests active and pending may be retries, at least
 * minRetryConcurrency (resource_manager_impl.h, RetryBudgetImpl::max).
 */
function compileBudget(
  budget: JsonObject,
  all: { requests: Resource; pending: Resource; retries: Resource },
): (ending: number) => boolean {
  const percent = has(budget, 'budgetPercent') ? number(object(budget, 'budgetPercent'), 'value') : 20;
  const least = number(budget, 'minRetryConcurrency', 3);
  return (ending) => {
    const allowed = Math.floor(((all.requests.active + all.pending.active + ending) * percent) / 100);
    return all.retries.active < Math.max(allowed, least);
  };
}
