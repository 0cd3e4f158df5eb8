import { isObject, type Json, type JsonObject } from '../../json.ts';
import { keyDefaults, type Shape } from '../patch/shapes.ts';

/** A list or object whose parts are owned apart. */
export type Parts = { kind: 'map'; value: JsonObject } | { kind: 'list'; value: Json[] };

/** The parts of a value under its shape; undefined where the value is owned as one. */
export function partsOf(value: Json | undefined, shape: Shape | undefined): Parts | undefined {
  if (Array.isArray(value)) return shape?.keys || shape?.set ? { kind: 'list', value } : undefined;
  return isObject(value) && !shape?.atomic ? { kind: 'map', value } : undefined;
}

/** Items of a list under their path elements; the first of duplicates wins, as lists that came by other ways may hold them. */
export function listElements(list: readonly Json[], shape: Shape): Map<string, Json> {
  const elements = new Map<string, Json>();
  for (const [index, item] of list.entries()) {
    const element = elementOf(item, { index, shape });
    if (!elements.has(element)) elements.set(element, item);
  }
  return elements;
}

/** `k:{…}` with the keys in order, `v:…` in sets. Throws where an item lacks a key; callers say where. */
export function elementOf(item: Json, at: { index: number; shape: Shape }): string {
  const { index, shape } = at;
  if (shape.set) return `v:${JSON.stringify(item)}`;
  const object = isObject(item) ? item : {};
  const entries = [...(shape.keys ?? [])].sort().map((key): [string, Json] => {
    const value = object[key] ?? keyDefaults[key];
    if (value !== undefined) return [key, value];
    throw new ElementError(
      `element ${index}: associative list with keys has an element that omits key field "${key}" (and doesn't have default value)`,
    );
  });
  return `k:${JSON.stringify(Object.fromEntries(entries))}`;
}

/** A list that is to merge by key has an item without it, or two with the same. */
export class ElementError extends Error {}
