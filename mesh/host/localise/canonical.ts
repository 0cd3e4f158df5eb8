import type { Json, JsonObject } from '../../json.ts';
import { isObject } from '../../json.ts';

/**
 * protojson takes `socketAddress` and `socket_address` for the same field, and a TypedStruct stands for the message it
 * names. The rules know one spelling only, so everything is brought to that first: lower camel case, no TypedStruct.
 * Source: https://protobuf.dev/programming-guides/json/ and xds.type.v3.TypedStruct.
 */
export function canonical(value: Json | undefined, keys: 'fields' | 'map' | 'free' = 'fields'): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => canonical(item, keys) ?? null);
  if (!isObject(value) || keys === 'free') return value;
  const plain = keys === 'fields' ? unwrapTypedStruct(value) : value;
  const result: JsonObject = {};
  for (const [key, field] of Object.entries(plain)) {
    const name = keys === 'map' || key.startsWith('@') ? key : camel(key);
    // A field given in both spellings is refused by Envoy; the first one is kept, so that rules see one of them.
    if (!(name in result)) result[name] = canonical(field, keys === 'fields' ? below(name) : 'fields');
  }
  return result;
}

const free = new Set(['filterMetadata', 'jsonFormat']);
/** Map fields of the messages in types.ts: the keys are names that users chose, the values are messages. */
const maps = new Set([
  'typedPerFilterConfig',
  'typedExtensionProtocolOptions',
  'typedFilterMetadata',
  'providers',
  'requirementMap',
  'requires',
  'policies',
  'sourceCodes',
  'map',
  'keyValues',
  'clusterStats',
]);
const below = (field: string) => (free.has(field) ? 'free' : maps.has(field) ? 'map' : 'fields');

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
