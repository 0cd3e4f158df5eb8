import { isObject, type Json } from '../json.ts';
import { badRequest } from './errors.ts';

type Value = Json | undefined;

/** Everything here and after it walks objects recursively; Go's JSON decoder has such a limit too (10 000, encoding/json maxNestingDepth). */
const maxDepth = 1000;

/**
 * A deeply frozen value without undefined fields. Parts that are frozen already are shared, the rest is copied. Throws
 * ApiError 400 when it is nested too deeply.
 */
export function frozen<T extends Value>(value: T): T {
  return freeze(value, 0) as T;
}

function freeze(value: Value, depth: number): Value {
  if (depth > maxDepth) throw badRequest(`the object is nested more than ${maxDepth} levels deep`);
  if (Array.isArray(value)) return freezeList(value, depth);
  return isObject(value) ? freezeObject(value, depth) : value;
}

function freezeList(list: Json[], depth: number): Json[] {
  const copy = list.map((item) => freeze(item, depth + 1) ?? null);
  return Object.isFrozen(list) && copy.every((item, i) => item === list[i]) ? list : (Object.freeze(copy) as Json[]);
}

function freezeObject(object: { [key: string]: Value }, depth: number): Value {
  let same = Object.isFrozen(object);
  const copy: { [key: string]: Value } = {};
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) {
      same = false;
      continue;
    }
    // `copy.__proto__ = …` would set the prototype instead of a field.
    const kept = freeze(value, depth + 1);
    if (key === '__proto__') Object.defineProperty(copy, key, { value: kept, enumerable: true });
    else copy[key] = kept;
    if (kept !== value) same = false;
  }
  return same ? object : Object.freeze(copy);
}

/** Equal as JSON: order of keys and undefined fields do not count. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => equal(item, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => equal(a[key], b[key]));
}
