/** Whether two values are the same all the way down. */
export type Equal = (a: unknown, b: unknown) => boolean;

/**
 * Compares plain objects, arrays, Maps (in any order) and Sets. Pairs that were found equal are remembered, so that pieces that many
 * scopes share are walked once; make a new one for each push.
 */
export function newEqual(): Equal {
  const known = new WeakMap<object, object>();
  const equal: Equal = (a, b) => {
    if (Object.is(a, b)) return true;
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
    if (known.get(a) === b) return true;
    if (!sameContent(a, b, equal)) return false;
    known.set(a, b);
    return true;
  };
  return equal;
}

function sameContent(a: object, b: object, equal: Equal): boolean {
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => equal(item, (b as unknown[])[i]));
  if (a instanceof Map)
    return (
      b instanceof Map && a.size === b.size && [...a].every(([key, item]) => b.has(key) && equal(item, b.get(key)))
    );
  if (a instanceof Set) return b instanceof Set && a.size === b.size && [...a].every((item) => b.has(item));
  if (a instanceof RegExp) return b instanceof RegExp && String(a) === String(b);
  return !Array.isArray(b) && !(b instanceof Map) && !(b instanceof Set) && sameFields(a, b, equal);
}

function sameFields(a: object, b: object, equal: Equal): boolean {
  const keys = Object.keys(a) as (keyof typeof a)[];
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]));
}
