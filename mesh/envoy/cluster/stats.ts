import type { Counter, Gauge, Stats } from '../facts.ts';

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
  readonly #stats: Stats;
  readonly #prefix: string;
  readonly #byStatus: { code: Counter; family: Counter }[] = [];

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
  }

  /** `upstream_rq_2xx` and `upstream_rq_200` (source/common/http/codes.cc, chargeResponseStat). */
  charge(status: number): void {
    let counters = this.#byStatus[status];
    if (!counters) {
      const name = (what: string) => this.#stats.counter(`${this.#prefix}upstream_rq_${what}`);
      counters = { code: name(String(status)), family: name(`${Math.floor(status / 100)}xx`) };
      this.#byStatus[status] = counters;
    }
    counters.code.value++;
    counters.family.value++;
  }
}
