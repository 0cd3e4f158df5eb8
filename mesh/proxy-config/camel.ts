import { isObject, type Json, type JsonObject } from '../json.ts';

/** Maps of Envoy's API whose keys are data; their values are messages. */
const maps = new Set(['typed_per_filter_config', 'typed_extension_protocol_options', 'map']);
/** google.protobuf.Struct: all keys are data. */
const structs = new Set(['filter_metadata', 'node_metadata', 'value']);

const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Envoy's admin interface writes fields as in its .proto files; istiod and the tables write lowerCamelCase. */
export function camelCased(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      if (structs.has(name) && isObject(item)) return [camel(name), item];
      if (maps.has(name) && isObject(item))
        return [camel(name), Object.fromEntries(Object.entries(item).map(([key, v]) => [key, any(v)]))];
      return [camel(name), any(item)];
    }),
  );
}

const any = (value: Json | undefined): Json | undefined => {
  if (Array.isArray(value)) return value.map((item) => any(item) ?? null);
  return isObject(value) ? camelCased(value) : value;
};
