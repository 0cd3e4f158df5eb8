import type { FilterResult } from '../types.ts';

/** What a filter decided, in words for a trace. */
export function decisionOf(result: FilterResult): string {
  if (result === undefined) return 'continue';
  if (result instanceof Promise) return 'waits';
  return result.kind === 'delay'
    ? `delays by ${result.milliseconds} ms`
    : `answers ${result.status} (${result.details})`;
}
