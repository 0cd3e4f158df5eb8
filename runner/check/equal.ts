import { isObject } from '../../mesh/json.ts';

/** Deep equality of JSON values; the order of keys does not matter, that of lists does. */
export function equal(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => equal(item, b[i]));
  if (isObject(a) && isObject(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => equal(a[key], b[key]));
  }
  return a === b;
}

/** Whether a number lies in an optional range, both ends inclusive. */
export const within = (value: number, range: { min?: number; max?: number }): boolean =>
  value >= (range.min ?? Number.NEGATIVE_INFINITY) && value <= (range.max ?? Number.POSITIVE_INFINITY);

/** "at least 1", "3 to 4", "none". */
export function rangeText({ min, max }: { min?: number; max?: number }): string {
  if (min !== undefined && min === max) return `exactly ${min}`;
  if (max === 0) return 'none';
  if (min !== undefined && max !== undefined) return `${min} to ${max}`;
  return min !== undefined ? `at least ${min}` : `at most ${max}`;
}
