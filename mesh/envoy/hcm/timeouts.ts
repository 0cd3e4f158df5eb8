import type { HeaderList } from '../../world/header-list.ts';
import type { RoutePolicy } from '../policy.ts';

export interface Timeouts {
  /** Milliseconds, 0 for none. */
  global: number;
  perTry: number;
}

const units: { [unit: string]: number } = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 0.001, n: 0.000_001 };

/** grpc-timeout in milliseconds, rounded up (source/common/grpc/common.cc, getGrpcTimeout). */
export function grpcTimeoutMs(value: string | undefined): number | undefined {
  const found = /^(\d{1,8})([HMSmun])$/.exec(value ?? '');
  return found ? Math.ceil(Number(found[1]) * (units[found[2] ?? ''] ?? 0)) : undefined;
}

function take(headers: HeaderList, name: string): number | undefined {
  const value = headers.get(name);
  if (value === undefined) return undefined;
  headers.remove(name);
  return /^\d+$/.test(value) ? Number(value) : undefined;
}

/** Timeouts of one request; the request's own headers win (source/common/router/router.cc, FilterUtility::finalTimeout). */
export function finalTimeouts(policy: RoutePolicy, headers: HeaderList, isGrpc: boolean): Timeouts {
  let global = policy.timeoutMs;
  const cap = policy.maxGrpcTimeoutMs ?? -1;
  if (isGrpc && cap >= 0) {
    global = grpcTimeoutMs(headers.get('grpc-timeout')) ?? 0;
    if (cap > 0 && (global === 0 || global > cap)) global = cap;
  }
  let perTry = policy.retry?.perTryTimeoutMs ?? 0;
  if (headers.hasPrefix('x-envoy-u')) {
    global = take(headers, 'x-envoy-upstream-rq-timeout-ms') ?? global;
    perTry = take(headers, 'x-envoy-upstream-rq-per-try-timeout-ms') ?? perTry;
  }
  // A per-try timeout that the global one cuts off first is none.
  if (global > 0 && perTry >= global) perTry = 0;
  return { global, perTry };
}

/** x-envoy-expected-rq-timeout-ms for the next attempt, `elapsed` milliseconds into the request. */
export function announceTimeout(headers: HeaderList, { global, perTry }: Timeouts, elapsed: number): void {
  const expected = perTry || global;
  if (expected === 0) return;
  const left = global === 0 ? expected : elapsed >= global ? 1 : Math.min(expected, global - elapsed);
  headers.set('x-envoy-expected-rq-timeout-ms', String(Math.floor(left)));
}
