import type { Json, JsonObject } from '../../json.ts';
import { isObject } from '../../json.ts';

/** An object in a tree, with the way to it (field names and array indices). */
export interface Found {
  object: JsonObject;
  path: string[];
}

/** Free JSON of users and filters, not messages of Envoy: nothing in them is dialled or opened. */
const opaque = new Set(['filterMetadata', 'jsonFormat']);

/** Calls back for every object of a tree, parents first; what the callback changes below an object is walked as changed. */
export function forEachObject(root: Json | undefined, visit: (found: Found) => void, path: string[] = []): void {
  if (Array.isArray(root)) {
    root.forEach((item, index) => {
      forEachObject(item, visit, [...path, String(index)]);
    });
  } else if (isObject(root)) {
    visit({ object: root, path });
    for (const [key, value] of Object.entries(root)) {
      if (!opaque.has(key)) forEachObject(value, visit, [...path, key]);
    }
  }
}

/** All messages of one type below a root, the root included. */
export function messagesOfType(root: Json | undefined, type: string): JsonObject[] {
  const found: JsonObject[] = [];
  forEachObject(root, ({ object }) => {
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
