import type { HeaderList } from '../../world/header-list.ts';
import type { RoutePolicy } from '../policy.ts';
import { grpcTimeoutMs, setGrpcTimeout } from './grpc.ts';

export interface Timeouts {
  /** Milliseconds, 0 for none. */
  global: number;
  perTry: number;
  perTryIdle: number;
  /** An attempt that is late gets another beside it in place of being cut off. */
  hedge: boolean;
  /** What is left is told in grpc-timeout. */
  tellsGrpc: boolean;
}

function take(headers: HeaderList, name: string): number | undefined {
  const value = headers.get(name);
  if (value === undefined) return undefined;
  headers.remove(name);
  return /^\d+$/.test(value) ? Number(value) : undefined;
}

/** source/common/router/router.cc, FilterUtility::finalHedgingParams. */
function flagOf(headers: HeaderList, name: string): boolean | undefined {
  if (!headers.hasPrefix('x-envoy-h')) return undefined;
  const value = headers.get(name);
  return value === 'true' || value === 'false' ? value === 'true' : undefined;
}

/** Timeouts of one request; the request's own headers win (source/common/router/router.cc, FilterUtility::finalTimeout). */
export function finalTimeouts(policy: RoutePolicy, headers: HeaderList, isGrpc: boolean): Timeouts {
  const tellsGrpc = isGrpc && !policy.usesNewTimeouts && policy.maxGrpcTimeoutMs !== undefined;
  let global = tellsGrpc ? grpcLimit(policy, headers) : policy.timeoutMs;
  let perTry = policy.retry?.perTryTimeoutMs ?? 0;
  if (headers.hasPrefix('x-envoy-u')) {
    global = take(headers, 'x-envoy-upstream-rq-timeout-ms') ?? global;
    perTry = take(headers, 'x-envoy-upstream-rq-per-try-timeout-ms') ?? perTry;
  }
  const hedge = flagOf(headers, 'x-envoy-hedge-on-per-try-timeout') ?? policy.hedgeOnPerTryTimeout;
  // A per-try timeout that the global one cuts off first is none.
  if (global > 0 && perTry >= global) perTry = 0;
  return { global, perTry, perTryIdle: policy.retry?.perTryIdleTimeoutMs ?? 0, hedge, tellsGrpc };
}

/** What the request's grpc-timeout asks for, less the offset while something is left, up to maxGrpcTimeout (0: any). */
function grpcLimit(
  { maxGrpcTimeoutMs: max = 0, grpcTimeoutOffsetMs: offset }: RoutePolicy,
  headers: HeaderList,
): number {
  let limit = grpcTimeoutMs(headers.get('grpc-timeout')) ?? 0;
  if (offset < limit) limit -= offset;
  return max > 0 && (limit === 0 || limit > max) ? max : limit;
}

/**
 * x-envoy-expected-rq-timeout-ms, unless `suppressed`, and grpc-timeout for the next attempt, `elapsed` milliseconds into
 * the request (source/common/router/router.cc, FilterUtility::setTimeoutHeaders).
 */
export function announceTimeout(
  headers: HeaderList,
  { global, perTry, tellsGrpc }: Timeouts,
  { elapsed, suppressed }: { elapsed: number; suppressed: boolean },
): void {
  const expected = perTry || global;
  if (expected === 0) return;
  const left = Math.floor(global === 0 ? expected : elapsed >= global ? 1 : Math.min(expected, global - elapsed));
  if (!suppressed) headers.set('x-envoy-expected-rq-timeout-ms', String(left));
  if (tellsGrpc) setGrpcTimeout(headers, left);
}
