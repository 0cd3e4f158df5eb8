import type { ResetReason } from '../../world/connection.ts';
import type { HeaderList } from '../../world/header-list.ts';
import type { HttpResponse } from '../../world/http-message.ts';
import type { Random } from '../../world/random.ts';
import type { CircuitBreaker } from '../cluster/circuit-breaker.ts';
import type { PoolFailure } from '../cluster/pooled.ts';
import type { ClusterStats } from '../cluster/stats.ts';
import type { RetryPolicy } from '../policy.ts';

/** Why an attempt ended without an answer. */
export type UpstreamReset = PoolFailure | ResetReason;

/** `limit`: it would be retried, but the retries are used up (URX). `overflow`: the circuit breaker forbids it (UO). */
export type RetryDecision = 'yes' | 'no' | 'limit' | 'overflow';

const connectFailures: ReadonlySet<UpstreamReset> = new Set<UpstreamReset>([
  'local connection failure',
  'remote connection failure',
  'connection timeout',
]);

/** Codes of grpc-status that retry_on names (docs: router_filter, x-envoy-retry-grpc-on). */
const grpcConditions: { [status: string]: string } = {
  '1': 'cancelled',
  '4': 'deadline-exceeded',
  '8': 'resource-exhausted',
  '13': 'internal',
  '14': 'unavailable',
};

export interface RetrySetting {
  policy: RetryPolicy | undefined;
  headers: HeaderList;
  breaker: CircuitBreaker;
  stats: ClusterStats;
  random: Random;
}

const none: RetryPolicy = {
  on: new Set(),
  retries: 0,
  perTryTimeoutMs: 0,
  perTryIdleTimeoutMs: 0,
  statusCodes: new Set(),
  retriableHeaders: [],
  requestHeaders: [],
  avoidPreviousHosts: false,
  hostSelectionAttempts: 1,
  baseIntervalMs: 25,
  maxIntervalMs: 250,
};

/** The retries of one request (envoy source/common/router/retry_state_impl.cc). */
export class RetryState {
  readonly #on: ReadonlySet<string>;
  readonly #codes: ReadonlySet<number>;
  readonly #policy: RetryPolicy;
  readonly #setting: RetrySetting;
  #remaining: number;
  #interval: number;
  #counted = false;

  /** Undefined when nothing could ever be retried. Takes the x-envoy-retry headers away, which are for this proxy only. */
  static of(setting: RetrySetting): RetryState | undefined {
    const { headers, policy } = setting;
    const asked = takeHeaders(headers);
    if (!asked && (!policy || policy.on.size === 0)) return undefined;
    const effective = policy ?? none;
    if (effective.requestHeaders.length > 0 && !effective.requestHeaders.some((matches) => matches(headers)))
      return undefined;
    return new RetryState(setting, effective, asked);
  }

  constructor(setting: RetrySetting, policy: RetryPolicy, asked: Asked | undefined) {
    this.#setting = setting;
    this.#policy = policy;
    this.#on = asked ? new Set([...policy.on, ...asked.on]) : policy.on;
    this.#codes = asked ? new Set([...policy.statusCodes, ...asked.codes]) : policy.statusCodes;
    // "if this header is set its value takes precedence over the number of retries set in the policy"; without a policy, 1.
    this.#remaining = asked?.max ?? (asked ? Math.max(1, policy.retries) : policy.retries);
    this.#interval = policy.baseIntervalMs;
  }

  onResponse(response: HttpResponse): RetryDecision {
    return this.#decide(this.wouldRetry(response), 1);
  }

  /** A hedged retry needs no condition but that retries are left (shouldHedgeRetryPerTryTimeout). */
  onHedge(): RetryDecision {
    return this.#decide(true);
  }

  /** `sent`: the request had been passed to a connection. */
  onReset(reason: UpstreamReset, sent: boolean): RetryDecision {
    return this.#decide(this.#wouldRetryReset(reason, sent));
  }

  /** Fully jittered exponential back-off: up to 25, 50, 100 … milliseconds by default, at most 10 times the base. */
  nextBackOffMs(): number {
    const limit = this.#interval;
    this.#setting.stats.rqRetryBackOff.value++;
    this.#interval = Math.min(limit * 2, this.#policy.maxIntervalMs);
    return Math.floor(this.#setting.random.next() * Math.max(1, limit));
  }

  /** The retry under way has ended, or the request is over. */
  done(): void {
    if (this.#counted) this.#setting.breaker.retries.dec();
    this.#counted = false;
  }

  #decide(would: boolean, ending = 0): RetryDecision {
    const { breaker, stats } = this.#setting;
    if (this.#counted && !would) stats.rqRetrySuccess.value++;
    this.done();
    if (!would) return 'no';
    if (this.#remaining === 0) {
      stats.rqRetryLimitExceeded.value++;
      return 'limit';
    }
    this.#remaining--;
    if (!breaker.retries.canCreate(ending)) {
      stats.rqRetryOverflow.value++;
      return 'overflow';
    }
    breaker.retries.inc();
    this.#counted = true;
    stats.rqRetry.value++;
    return 'yes';
  }

  wouldRetry({ status, headers }: HttpResponse): boolean {
    const on = this.#on;
    if (
      status < 400 &&
      on.size > 0 &&
      !headers.has('grpc-status') &&
      !on.has('retriable-headers') &&
      !on.has('retriable-status-codes')
    )
      return false;
    if (headers.has('x-envoy-ratelimited')) return on.has('envoy-ratelimited');
    if (on.has('5xx') && status >= 500 && status < 600) return true;
    if (on.has('gateway-error') && status >= 502 && status <= 504) return true;
    if (on.has('retriable-4xx') && status === 409) return true;
    if (on.has('retriable-status-codes') && this.#codes.has(status)) return true;
    if (on.has('retriable-headers') && this.#policy.retriableHeaders.some((matches) => matches(headers))) return true;
    const condition = grpcConditions[headers.get('grpc-status') ?? ''];
    return condition !== undefined && on.has(condition);
  }

  #wouldRetryReset(reason: UpstreamReset, sent: boolean): boolean {
    if (reason === 'overflow') return false;
    const on = this.#on;
    if (on.has('reset') || on.has('5xx') || on.has('gateway-error')) return true;
    if (!sent && on.has('reset-before-request')) return true;
    if (reason === 'remote refused stream reset' && on.has('refused-stream')) return true;
    return connectFailures.has(reason) && on.has('connect-failure');
  }
}

interface Asked {
  on: string[];
  codes: number[];
  max: number | undefined;
}

const words = (list: string | undefined): string[] =>
  (list ?? '')
    .split(',')
    .map((w) => w.trim())
    .filter(Boolean);

/** docs: configuration/http/http_filters/router_filter, "HTTP headers (consumed from downstreams)". */
function takeHeaders(headers: HeaderList): Asked | undefined {
  if (!headers.hasPrefix('x-envoy-r') && !headers.hasPrefix('x-envoy-m')) return undefined;
  const [on, grpc, max] = ['x-envoy-retry-on', 'x-envoy-retry-grpc-on', 'x-envoy-max-retries'].map((name) => {
    const value = headers.get(name);
    if (value !== undefined) headers.remove(name);
    return value;
  });
  const codes = headers.get('x-envoy-retriable-status-codes');
  headers.remove('x-envoy-retriable-status-codes');
  headers.remove('x-envoy-retriable-header-names');
  if (on === undefined && grpc === undefined) return undefined;
  return {
    on: [...words(on), ...words(grpc)],
    codes: words(codes).map(Number).filter(Number.isInteger),
    max: max !== undefined && /^\d+$/.test(max) ? Number(max) : undefined,
  };
}
