import { isObject, type Json } from '../../json.ts';
import { equal } from '../frozen.ts';
import type { Shape } from '../patch/shapes.ts';
import { ElementError, elementOf, listElements, type Parts, partsOf } from './elements.ts';
import { emptySet, type FieldSet, insert } from './field-set.ts';

/** One part of a value: its path element, itself and its shape. */
type Part = readonly [element: string, value: Json | undefined, shape: Shape | undefined];

/** The fields that a configuration names, leaves only (list items also by themselves). Throws ElementError. */
export function fieldsOf(value: Json, shape: Shape): FieldSet {
  const set = emptySet();
  const walk = (v: Json | undefined, s: Shape | undefined, path: string[]) => {
    const parts = partsOf(v, s);
    if (parts === undefined || isEmptyPart(v)) {
      insert(set, path);
      return;
    }
    if (parts.kind === 'list') refuseDuplicates(parts.value, s ?? {}, path);
    for (const [element, part, partShape] of partsList(parts, s)) {
      if (parts.kind === 'list') insert(set, [...path, element]);
      walk(part, partShape, [...path, element]);
    }
  };
  walk(value, shape, []);
  // The whole object is not a field of itself.
  set.member = false;
  return set;
}

/** Go's types drop empty lists when they are written; here they stay, so they need an owner as empty objects do. */
const isEmptyPart = (value: Json | undefined) =>
  Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;

function refuseDuplicates(list: readonly Json[], shape: Shape, path: readonly string[]): void {
  const seen = new Set<string>();
  for (const [index, item] of list.entries()) {
    const element = elementOf(item, { index, shape });
    if (seen.has(element)) {
      throw new ElementError(
        `.${path.map((e) => e.slice(2)).join('.')}: duplicate entries for key ${element.slice(2)}`,
      );
    }
    seen.add(element);
  }
}

function* partsList(parts: Parts, shape: Shape | undefined): Generator<Part> {
  if (parts.kind === 'map') {
    for (const [key, value] of Object.entries(parts.value)) {
      if (value !== undefined) yield [`f:${key}`, value, shape?.fields?.[key]];
    }
    return;
  }
  const items: Shape = shape?.fields === undefined ? {} : { fields: shape.fields };
  for (const [element, item] of listElements(parts.value, shape ?? {})) yield [element, item, items];
}

export interface Comparison {
  added: FieldSet;
  modified: FieldSet;
  removed: FieldSet;
}

/** Which fields differ. Containers that came or went are fields as well (structured-merge-diff typed/compare.go). */
export function compare(before: Json, after: Json, shape: Shape): Comparison {
  const result: Comparison = { added: emptySet(), modified: emptySet(), removed: emptySet() };
  const walk = (a: Json | undefined, b: Json | undefined, at: { shape: Shape | undefined; path: string[] }) => {
    // Stored objects share what did not change.
    if (a === b) return;
    const one = partsOf(a, at.shape);
    const two = partsOf(b, at.shape);
    if (a === undefined) insert(result.added, at.path);
    else if (b === undefined) insert(result.removed, at.path);
    else if (one?.kind !== two?.kind || (one === undefined && !equal(a, b))) insert(result.modified, at.path);
    for (const [element, pair] of pairs({ one, two }, at.shape)) {
      walk(pair.before, pair.after, { shape: pair.shape, path: [...at.path, element] });
    }
  };
  walk(before, after, { shape, path: [] });
  return result;
}

type Pair = { before?: Json; after?: Json; shape: Shape | undefined };

function pairs(sides: { one?: Parts; two?: Parts }, shape: Shape | undefined): Map<string, Pair> {
  const found = new Map<string, Pair>();
  for (const [element, value, partShape] of sides.one === undefined ? [] : partsList(sides.one, shape)) {
    found.set(element, { before: value, shape: partShape });
  }
  for (const [element, value, partShape] of sides.two === undefined ? [] : partsList(sides.two, shape)) {
    found.set(element, { ...found.get(element), after: value, shape: partShape });
  }
  return found;
}
