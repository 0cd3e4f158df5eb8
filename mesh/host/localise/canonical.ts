import type { Json, JsonObject } from '../../json.ts';
import { isObject } from '../../json.ts';
import { freeJson, messageMaps } from './walk.ts';

/**
 * protojson takes `socketAddress` and `socket_address` for the same field, and a TypedStruct stands for the message it
 * names. The rules know one spelling only, so everything is brought to that first: lower camel case, no TypedStruct.
 * Source: https://protobuf.dev/programming-guides/json/ and xds.type.v3.TypedStruct.
 */
export function canonical(value: Json | undefined, keys: 'fields' | 'map' | 'free' = 'fields'): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => canonical(item, keys === 'free' ? 'free' : 'fields') ?? null);
  if (!isObject(value)) return value;
  if (keys === 'free') return structuredClone(value);
  const plain = keys === 'fields' ? unwrapTypedStruct(value) : value;
  const result: JsonObject = {};
  for (const [key, field] of Object.entries(plain)) {
    const name = keys === 'map' || key.startsWith('@') ? key : camel(key);
    // A field given in both spellings is refused by Envoy; the first one is kept, so that rules see one of them.
    if (!(name in result)) result[name] = canonical(field, keys === 'fields' ? below(name) : 'fields');
  }
  return result;
}

const below = (field: string) => (freeJson.has(field) ? 'free' : messageMaps.has(field) ? 'map' : 'fields');

const camel = (key: string): string =>
  /^[a-z][a-z0-9_]*$/.test(key) ? key.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()) : key;

const typedStructs = new Set(['udpa.type.v1.TypedStruct', 'xds.type.v3.TypedStruct']);

function unwrapTypedStruct(value: JsonObject): JsonObject {
  const type = value['@type'];
  if (typeof type !== 'string' || !typedStructs.has(type.slice(type.lastIndexOf('/') + 1))) return value;
  const inner = value.typeUrl ?? value.type_url;
  const body = isObject(value.value) ? value.value : {};
  return unwrapTypedStruct({ ...body, '@type': typeof inner === 'string' ? inner : 'TypedStruct without type' });
}
