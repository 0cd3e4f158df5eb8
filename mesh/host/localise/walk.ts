import type { Json, JsonObject } from '../../json.ts';
import { isObject } from '../../json.ts';

/** Free JSON of users and filters, not messages of Envoy: nothing in it is dialled or opened. */
export const freeJson: ReadonlySet<string> = new Set(['filterMetadata', 'jsonFormat']);

/** Map fields of the messages in types.ts: the keys are names that users chose, the values are messages. */
export const messageMaps: ReadonlySet<string> = new Set([
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
]);

/** Calls back for every object of a tree, parents first; what the callback changes below an object is walked as changed. */
export function forEachObject(root: Json | undefined, visit: (object: JsonObject) => void, isMap = false): void {
  if (Array.isArray(root)) {
    for (const item of root) forEachObject(item, visit);
  } else if (isObject(root)) {
    visit(root);
    for (const key of Object.keys(root)) {
      if (isMap || !freeJson.has(key)) forEachObject(root[key], visit, !isMap && messageMaps.has(key));
    }
  }
}

/** All messages of one type below a root, the root included. */
export function messagesOfType(root: Json | undefined, type: string): JsonObject[] {
  const found: JsonObject[] = [];
  forEachObject(root, (object) => {
    if (object['@type'] === typeUrl(type)) found.push(object);
  });
  return found;
}

/** The type URL of an Envoy message. */
export const typeUrl = (type: string): string => `type.googleapis.com/${type}`;

/** The elements of a repeated message field; absent is empty. */
export const objects = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** A message field; absent is empty. The result is not attached to the parent when it was absent. */
export const child = (parent: JsonObject | undefined, field: string): JsonObject => {
  const value = parent?.[field];
  return isObject(value) ? value : {};
};

/** A string field; absent or of another type is "". */
export const text = (parent: JsonObject | undefined, field: string): string => {
  const value = parent?.[field];
  return typeof value === 'string' ? value : '';
};

export const nameOf = (resource: JsonObject): string => text(resource, 'name') || text(resource, 'clusterName');
