import { isObject, type Json } from '../json.ts';

type Value = Json | undefined;

/** A deeply frozen value without undefined fields. Parts that are frozen already are shared, the rest is copied. */
export function frozen<T extends Value>(value: T): T {
  return freeze(value) as T;
}

function freeze(value: Value): Value {
  if (Array.isArray(value)) return freezeList(value);
  return isObject(value) ? freezeObject(value) : value;
}

function freezeList(list: Json[]): Json[] {
  const copy = list.map((item) => freeze(item) ?? null);
  return Object.isFrozen(list) && copy.every((item, i) => item === list[i]) ? list : (Object.freeze(copy) as Json[]);
}

function freezeObject(object: { [key: string]: Value }): Value {
  let same = Object.isFrozen(object);
  const copy: { [key: string]: Value } = {};
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) {
      same = false;
      continue;
    }
    // `copy.__proto__ = …` would set the prototype instead of a field.
    const kept = freeze(value);
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
