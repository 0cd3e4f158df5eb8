import { isObject, type Json, type JsonObject } from '../../json.ts';
import { badRequest } from '../errors.ts';

const deleteFrom = '$deleteFromPrimitiveList/';
const orderOf = '$setElementOrder/';

export const isDirective = (key: string): boolean =>
  key === '$patch' || key === '$retainKeys' || key.startsWith(deleteFrom) || key.startsWith(orderOf);

/** `$patch` of an object; absent means merge. Throws ApiError 400. */
export function directive(patch: JsonObject): 'replace' | 'delete' | undefined {
  const how = patch.$patch;
  if (how === undefined || how === 'replace' || how === 'delete') return how;
  throw badRequest(`unknown patch type: ${JSON.stringify(how)} in map: ${JSON.stringify(patch)}`);
}

/** A copy of the target, without the fields that `$retainKeys` does not name. Throws ApiError 400. */
export function retainKeys(target: JsonObject, patch: JsonObject): JsonObject {
  const keys = patch.$retainKeys;
  if (keys === undefined) return { ...target };
  const sent = Object.keys(patch).filter((key) => !isDirective(key) && patch[key] !== null);
  if (!Array.isArray(keys) || !sent.every((key) => keys.includes(key))) {
    throw badRequest('invalid patch format of retainKeys');
  }
  return Object.fromEntries(Object.entries(target).filter(([key]) => keys.includes(key)));
}

/** Of `$deleteFromPrimitiveList/<field>`: field and values. */
export const deletions = (patch: JsonObject): [field: string, values: Json[]][] =>
  Object.entries(patch).flatMap(([key, values]) =>
    key.startsWith(deleteFrom) && Array.isArray(values) ? [[key.slice(deleteFrom.length), values]] : [],
  );

/** `$setElementOrder/<field>`. Throws ApiError 400. */
export function elementOrder(patch: JsonObject, field: string): Json[] | undefined {
  const order = patch[orderOf + field];
  if (order === undefined || Array.isArray(order)) return order;
  throw badRequest('invalid patch format of setElementOrder list');
}

/**
 * A patch as a new value, where the target has nothing: without directives and nulls. Objects that carry `$patch` are left
 * out, `replace` as well (strategicpatch/patch.go, removeDirectives).
 */
export function clean(patch: Json): Json | undefined {
  if (Array.isArray(patch)) return patch.map(clean).filter((item) => item !== undefined);
  if (!isObject(patch)) return patch;
  return patch.$patch === undefined ? plain(patch) : undefined;
}

/** The fields of a patch as they are, for `$patch: replace`. */
export function plain(patch: JsonObject): JsonObject {
  const fields = Object.entries(patch).filter(([key, value]) => !isDirective(key) && value !== null);
  return Object.fromEntries(fields.map(([key, value]) => [key, value === undefined ? undefined : clean(value)]));
}
