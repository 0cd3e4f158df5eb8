import { isObject, type JsonObject } from '../../json.ts';

const failed = 'failed to unmarshal JWK set:';
const parts: { [kty: string]: string[] } = { RSA: ['n', 'e'], EC: ['crv', 'x', 'y'], OKP: ['crv', 'x'], oct: ['k'] };

/** Why a text is no JWK set, in about the words of lestrrat-go/jwx, which istiod reads it with. */
export function jwksError(text: string): string | undefined {
  const set = parse(text);
  if (!set) return `${failed} not a JSON object`;
  for (const key of keysOf(set)) {
    const kty = isObject(key) && typeof key.kty === 'string' ? key.kty : '';
    const wanted = Object.hasOwn(parts, kty) ? parts[kty] : undefined;
    const which = set.keys === undefined ? 'sole key in key set' : 'key in key set';
    if (!wanted) return `${failed} failed to parse ${which}: invalid key type from JSON (${kty})`;
    const missing = wanted.find((part) => !isObject(key) || typeof key[part] !== 'string');
    if (missing) return `${failed} failed to parse ${which}: required field ${missing} is missing`;
  }
  return undefined;
}

/** Indices of keys that nobody should publish: their private part is in them. */
export function privateKeys(text: string): number[] {
  const set = parse(text);
  if (!set || jwksError(text)) return [];
  return keysOf(set).flatMap((key, i) => (isObject(key) && (key.kty === 'oct' || key.d !== undefined) ? [i] : []));
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A set, or one key standing for a set. */
const keysOf = (set: JsonObject) => (Array.isArray(set.keys) ? set.keys : [set]);
