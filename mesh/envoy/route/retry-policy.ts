import type { JsonObject } from '../../json.ts';
import { compileHeader } from '../match/header-matcher.ts';
import { field, milliseconds, number, object, objects, refuse, text } from '../match/proto.ts';
import type { RetryPolicy } from '../policy.ts';
import type { HeaderList } from '../runtime/header-list.ts';

const avoidsPreviousHosts = 'envoy.retry_host_predicates.previous_hosts';

/**
 * envoy.config.route.v3.RetryPolicy; defaults of its documentation and of envoy
 * source/common/router/retry_policy_impl.cc. Throws a ProblemError for what Envoy refuses.
 */
export function compileRetryPolicy(policy: JsonObject, pointer: string): RetryPolicy {
  const { base, max } = backOff(policy, pointer);
  return {
    on: new Set(splitNames(text(policy, 'retryOn'))),
    retries: number(policy, 'numRetries') ?? 1,
    perTryTimeoutMs: milliseconds(policy, 'perTryTimeout') ?? 0,
    perTryIdleTimeoutMs: milliseconds(policy, 'perTryIdleTimeout') ?? 0,
    statusCodes: statusCodes(policy),
    retriableHeaders: headers(policy, 'retriableHeaders', pointer),
    requestHeaders: headers(policy, 'retriableRequestHeaders', pointer),
    avoidPreviousHosts: objects(policy, 'retryHostPredicate').some((p) => text(p, 'name') === avoidsPreviousHosts),
    hostSelectionAttempts: number(policy, 'hostSelectionRetryMaxAttempts') ?? 1,
    baseIntervalMs: base,
    maxIntervalMs: max,
  };
}

/** Names of a retry_on list, in a policy or in the header x-envoy-retry-on. */
export const splitNames = (list: string): string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

function backOff(policy: JsonObject, pointer: string): { base: number; max: number } {
  const setting = object(policy, 'retryBackOff');
  // Intervals under a millisecond count as one (retry_policy_impl.cc).
  const base = Math.max(1, (setting && milliseconds(setting, 'baseInterval')) ?? 25);
  const max = (setting && milliseconds(setting, 'maxInterval')) ?? base * 10;
  if (max < base) return refuse('retry_policy.max_interval must greater than or equal to the base_interval', pointer);
  return { base, max };
}

function statusCodes(policy: JsonObject): ReadonlySet<number> {
  const codes = field(policy, 'retriableStatusCodes');
  return new Set(Array.isArray(codes) ? codes.filter((code) => typeof code === 'number') : []);
}

const headers = (policy: JsonObject, name: string, pointer: string): ((headers: HeaderList) => boolean)[] =>
  objects(policy, name).map((matcher, i) => compileHeader(matcher, `${pointer}/${name}/${i}`).test);
