import type { Json, JsonObject } from '../../json.ts';
import type { Shape } from '../patch/shapes.ts';
import { elementOf, listElements, partsOf } from './elements.ts';
import type { FieldSet } from './field-set.ts';

/** The live value with the applied one laid over it (structured-merge-diff typed/merge.go). */
export function merge(live: Json | undefined, applied: Json | undefined, shape: Shape | undefined): Json | undefined {
  if (applied === undefined) return live;
  const one = partsOf(live, shape);
  const two = partsOf(applied, shape);
  if (two?.kind === 'map') return mergeMaps(one?.kind === 'map' ? one.value : {}, two.value, shape);
  if (two?.kind === 'list') return mergeLists(one?.kind === 'list' ? one.value : [], two.value, shape ?? {});
  return applied;
}

function mergeMaps(live: JsonObject, applied: JsonObject, shape: Shape | undefined): JsonObject {
  const merged: JsonObject = { ...live };
  for (const [key, value] of Object.entries(applied)) {
    const field = merge(live[key], value, shape?.fields?.[key]);
    // A null is owned, but it means the absence of the field.
    if (field === null) delete merged[key];
    else merged[key] = field;
  }
  return merged;
}

/**
 * Items of the applied list keep their own order; items only in the live list stay where they stood between the shared ones.
 */
function mergeLists(live: readonly Json[], applied: readonly Json[], shape: Shape): Json[] {
  const items: Shape = shape.fields === undefined ? {} : { fields: shape.fields };
  const theirs = listElements(live, shape);
  const ours = [...listElements(applied, shape)];
  const names = new Set(ours.map(([element]) => element));
  const merged: Json[] = [];
  const emit = (upTo: number) => {
    for (const [element, item] of ours.splice(0, upTo)) merged.push(merge(theirs.get(element), item, items) ?? item);
  };
  for (const [element, item] of theirs) {
    if (!names.has(element)) merged.push(item);
    else if (element === ours.find(([e]) => theirs.has(e))?.[0]) emit(ours.findIndex(([e]) => e === element) + 1);
  }
  emit(ours.length);
  return merged;
}

/**
 * Takes out what a manager owned before (`last`) and nobody owns now (`owned`, its new fields included). What lies below a
 * removed list item goes with it; fields that nobody ever owned stay as long as their parent does
 * (structured-merge-diff merge/update.go, prune).
 */
export function prune(
  value: Json,
  last: FieldSet,
  rest: { owned: FieldSet; shape: Shape | undefined },
): Json | undefined {
  const parts = partsOf(value, rest.shape);
  if (parts?.kind === 'map') return pruneMap(parts.value, last, rest);
  if (parts?.kind === 'list') return pruneList(parts.value, last, { owned: rest.owned, shape: rest.shape ?? {} });
  return value;
}

function pruneMap(map: JsonObject, last: FieldSet, rest: { owned: FieldSet; shape: Shape | undefined }) {
  const kept: JsonObject = {};
  for (const [key, value] of Object.entries(map)) {
    const before = last.children.get(`f:${key}`);
    const owned = rest.owned.children.get(`f:${key}`);
    if (value === undefined || before === undefined) kept[key] = value;
    else if (owned !== undefined) kept[key] = prune(value, before, { owned, shape: rest.shape?.fields?.[key] });
    else if (!before.member) {
      kept[key] = prune(value, before, {
        owned: { member: false, children: new Map() },
        shape: rest.shape?.fields?.[key],
      });
    }
  }
  const left = Object.values(kept).some((v) => v !== undefined);
  return nonEmpty(kept, left || rest.owned.member || Object.keys(map).length === 0);
}

function pruneList(list: readonly Json[], last: FieldSet, rest: { owned: FieldSet; shape: Shape }) {
  const items: Shape = rest.shape.fields === undefined ? {} : { fields: rest.shape.fields };
  const kept = list.flatMap((item, index) => {
    const element = elementOf(item, { index, shape: rest.shape });
    const before = last.children.get(element);
    if (before === undefined) return [item];
    const owned = rest.owned.children.get(element);
    if (owned === undefined || !owned.member) return before.member ? [] : [item];
    return [prune(item, before, { owned, shape: items }) ?? item];
  });
  return nonEmpty(kept, kept.length > 0 || rest.owned.member || list.length === 0);
}

const nonEmpty = <T>(value: T, keep: boolean): T | undefined => (keep ? value : undefined);
