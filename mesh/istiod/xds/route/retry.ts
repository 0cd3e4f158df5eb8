import type { JsonObject } from '../../../json.ts';
import { durationText } from '../../model/duration.ts';
import type { Retries } from '../../model/virtual-service.ts';
import { some, text, typed } from '../any.ts';

const previousHosts = [
  {
    name: 'envoy.retry_host_predicates.previous_hosts',
    typedConfig: typed('envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate'),
  },
];
const previousPriorities = {
  name: 'envoy.retry_priorities.previous_priorities',
  typedConfig: typed('envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig', {
    updateFrequency: 2,
  }),
};
const DEFAULT_RETRY_ON = 'connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes';

/**
 * Retries of a route (ConvertPolicy in istio pilot/pkg/networking/core/route/retry/retry.go). `sticky`: the load balancer
 * chooses by hash, so a retry must be free to reach the same host. Undefined when retries are switched off.
 */
export function retryPolicy(retries: Retries | undefined, sticky: boolean): JsonObject | undefined {
  const predicate = sticky ? undefined : previousHosts;
  const defaults = {
    hostSelectionRetryMaxAttempts: '5',
    numRetries: 2,
    retryHostPredicate: predicate,
    retryOn: DEFAULT_RETRY_ON,
  };
  if (!retries) return defaults;
  if (!retries.attempts || retries.attempts < 0) return undefined;
  const ignore = retries.retryIgnorePreviousHosts;
  return {
    ...defaults,
    ...conditions(retries.retryOn),
    numRetries: retries.attempts,
    perTryTimeout: durationText(retries.perTryTimeout),
    retryBackOff: retries.backoff === undefined ? undefined : { baseInterval: durationText(retries.backoff) },
    retryHostPredicate: ignore === undefined ? predicate : ignore ? previousHosts : undefined,
    retryPriority: retries.retryRemoteLocalities ? previousPriorities : undefined,
  };
}

/** A server's own application is one host, so only what a retry to it can mean is taken over. */
export function inboundRetryPolicy(retries: Retries | undefined): JsonObject | undefined {
  if (!retries) return { numRetries: 2, retryOn: 'reset-before-request' };
  if (!retries.attempts || retries.attempts < 0) return undefined;
  return {
    retryOn: 'reset-before-request',
    ...conditions(retries.retryOn),
    numRetries: retries.attempts,
    retryBackOff: retries.backoff === undefined ? undefined : { baseInterval: durationText(retries.backoff) },
  };
}

/** Numbers among the conditions are status codes, which Envoy wants apart and behind a condition of their own. */
function conditions(retryOn: string | undefined): JsonObject {
  if (!retryOn) return {};
  const parts = retryOn
    .split(',')
    .map((p) => p.trim())
    .filter(Boolean);
  const isCode = (p: string) => /^[+-]?\d+$/.test(p) && knownStatus.has(Number(p));
  const codes = parts.filter(isCode).map(Number);
  const named = parts.filter((p) => !isCode(p)).join(',');
  const needed = codes.length > 0 && !named.includes('retriable-status-codes');
  return {
    retriableStatusCodes: some(codes),
    retryOn: text(needed ? `${named},retriable-status-codes` : named),
  };
}

/** Codes that Go's http.StatusText knows; others are passed to Envoy as conditions. */
const knownStatus = new Set([
  ...[100, 101, 102, 103, 200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 307, 308],
  ...[400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423],
  ...[424, 425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511],
]);
