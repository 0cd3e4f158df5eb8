import type { Counter, Gauge, Stats } from '../facts.ts';
import type { Host } from './host.ts';

/** Counters of one cluster, by Envoy's names (docs: configuration/upstream/cluster_manager/cluster_stats). */
export class ClusterStats {
  readonly rqTotal: Counter;
  readonly rqActive: Gauge;
  readonly rqPendingTotal: Counter;
  readonly rqPendingOverflow: Counter;
  readonly rqPendingActive: Gauge;
  readonly rqRetry: Counter;
  readonly rqRetrySuccess: Counter;
  readonly rqRetryOverflow: Counter;
  readonly rqRetryLimitExceeded: Counter;
  readonly rqTimeout: Counter;
  readonly rqPerTryTimeout: Counter;
  readonly rqPerTryIdleTimeout: Counter;
  readonly rqCancelled: Counter;
  readonly cxTotal: Counter;
  readonly cxActive: Gauge;
  readonly cxOverflow: Counter;
  readonly cxPoolOverflow: Counter;
  readonly cxConnectFail: Counter;
  readonly cxConnectTimeout: Counter;
  readonly cxNoneHealthy: Counter;
  readonly cxMaxRequests: Counter;
  readonly cxRxBytes: Counter;
  readonly cxTxBytes: Counter;
  readonly cxHttp1: Counter;
  readonly cxHttp2: Counter;
  readonly cxDestroy: Counter;
  readonly cxIdleTimeout: Counter;
  readonly cxMaxDuration: Counter;
  readonly rqPendingFailureEject: Counter;
  readonly rqRxReset: Counter;
  readonly rqTxReset: Counter;
  readonly rqRetryBackOff: Counter;
  readonly #stats: Stats;
  readonly #prefix: string;
  readonly #byStatus: Counter[][] = [];
  readonly #retryByStatus: Counter[][] = [];
  readonly #internalByStatus: Counter[][] = [];
  readonly #destroyed: { [by in CloseSide]: { all: Counter; active: Counter } };
  readonly #destroyedActive: Counter;

  /** `prefix`: `cluster.NAME.`. */
  constructor(stats: Stats, prefix: string) {
    this.#stats = stats;
    this.#prefix = prefix;
    const counter = (name: string) => stats.counter(`${prefix}upstream_${name}`);
    const gauge = (name: string) => stats.gauge(`${prefix}upstream_${name}`);
    this.rqTotal = counter('rq_total');
    this.rqActive = gauge('rq_active');
    this.rqPendingTotal = counter('rq_pending_total');
    this.rqPendingOverflow = counter('rq_pending_overflow');
    this.rqPendingActive = gauge('rq_pending_active');
    this.rqRetry = counter('rq_retry');
    this.rqRetrySuccess = counter('rq_retry_success');
    this.rqRetryOverflow = counter('rq_retry_overflow');
    this.rqRetryLimitExceeded = counter('rq_retry_limit_exceeded');
    this.rqTimeout = counter('rq_timeout');
    this.rqPerTryTimeout = counter('rq_per_try_timeout');
    this.rqPerTryIdleTimeout = counter('rq_per_try_idle_timeout');
    this.rqCancelled = counter('rq_cancelled');
    this.cxTotal = counter('cx_total');
    this.cxActive = gauge('cx_active');
    this.cxOverflow = counter('cx_overflow');
    this.cxPoolOverflow = counter('cx_pool_overflow');
    this.cxConnectFail = counter('cx_connect_fail');
    this.cxConnectTimeout = counter('cx_connect_timeout');
    this.cxNoneHealthy = counter('cx_none_healthy');
    this.cxMaxRequests = counter('cx_max_requests');
    this.cxRxBytes = counter('cx_rx_bytes_total');
    this.cxTxBytes = counter('cx_tx_bytes_total');
    this.cxHttp1 = counter('cx_http1_total');
    this.cxHttp2 = counter('cx_http2_total');
    this.cxDestroy = counter('cx_destroy');
    this.cxIdleTimeout = counter('cx_idle_timeout');
    this.cxMaxDuration = counter('cx_max_duration_reached');
    this.rqPendingFailureEject = counter('rq_pending_failure_eject');
    this.rqRxReset = counter('rq_rx_reset');
    this.rqTxReset = counter('rq_tx_reset');
    this.rqRetryBackOff = counter('rq_retry_backoff_exponential');
    this.#destroyedActive = counter('cx_destroy_with_active_rq');
    const destroyed = (by: CloseSide) => ({
      all: counter(`cx_destroy_${by}`),
      active: counter(`cx_destroy_${by}_with_active_rq`),
    });
    this.#destroyed = { local: destroyed('local'), remote: destroyed('remote') };
  }

  /**
   * `upstream_rq_completed`, `_2xx` and `_200`, once for all and once by where the request came from
   * (source/common/http/codes.cc, chargeResponseStat).
   */
  charge(status: number, isInternal = false): void {
    const known = isInternal ? this.#internalByStatus : this.#byStatus;
    for (const counter of this.#counters(known, status, ['', isInternal ? 'internal.' : 'external.'])) counter.value++;
  }

  /** An answer that was not passed on but asked for again (source/common/router/router.cc, onUpstreamHeaders). */
  chargeRetry(status: number): void {
    for (const counter of this.#counters(this.#retryByStatus, status, ['retry.'])) counter.value++;
  }

  /** An internal redirect was followed, or passed on because it must not be. */
  redirect(followed: boolean): void {
    const name = followed ? 'succeeded' : 'failed';
    this.#stats.counter(`${this.#prefix}upstream_internal_redirect_${name}_total`).value++;
  }

  /** Who is in the cluster, and whether that is news (source/common/upstream/upstream_impl.cc, ClusterImplBase). */
  members(hosts: readonly Host[], changed: boolean): void {
    const gauge = (name: string) => this.#stats.gauge(`${this.#prefix}membership_${name}`);
    gauge('total').value = hosts.length;
    gauge('healthy').value = hosts.filter((h) => h.usable).length;
    gauge('degraded').value = hosts.filter((h) => h.health === 'degraded' && !h.ejected).length;
    gauge('excluded').value = hosts.filter((h) => h.excluded).length;
    if (changed) this.#stats.counter(`${this.#prefix}membership_change`).value++;
  }

  /** A connection has ended (source/common/upstream/upstream_impl.cc, reportUpstreamCxDestroy). */
  closed(by: CloseSide, isActive: boolean): void {
    this.cxDestroy.value++;
    this.#destroyed[by].all.value++;
    if (!isActive) return;
    this.#destroyedActive.value++;
    this.#destroyed[by].active.value++;
  }

  #counters(known: Counter[][], status: number, prefixes: readonly string[]): readonly Counter[] {
    const found = known[status];
    if (found) return found;
    const made = prefixes.flatMap((prefix) =>
      ['completed', String(status), `${Math.floor(status / 100)}xx`].map((what) =>
        this.#stats.counter(`${this.#prefix}${prefix}upstream_rq_${what}`),
      ),
    );
    known[status] = made;
    return made;
  }
}

/** Who ended a connection. */
export type CloseSide = 'local' | 'remote';
