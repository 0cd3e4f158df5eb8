import { isObject, type Json, type JsonObject } from '../../mesh/json.ts';

/**
 * What differs between two lists of resources, as trees of the second one's values. New resources stand whole, of changed
 * ones only the changed fields beside the name. A field or named item that is gone is `null` or `{name, gone: true}`.
 */
export function changes(before: readonly JsonObject[], after: readonly JsonObject[]): Json[] {
  return changedItems(before, after);
}

const nameOf = (item: Json | undefined): string | undefined => {
  if (!isObject(item)) return undefined;
  const name = item.name ?? item.clusterName;
  if (typeof name !== 'string') return undefined;
  return item.filterChainMatch === undefined ? name : `${name} ${JSON.stringify(item.filterChainMatch)}`;
};
const text = (value: Json | undefined): string => JSON.stringify(value) ?? '';

function changedItems(before: readonly Json[], after: readonly Json[]): Json[] {
  const [old, now] = [byName(before), byName(after)];
  const found = after.flatMap((item) => {
    const was = old.get(nameOf(item) ?? '');
    if (was === undefined) return [item];
    return text(was) === text(item) ? [] : [changed(was, item)];
  });
  const gone = before.filter((item) => !now.has(nameOf(item) ?? ''));
  return [...found, ...gone.map((item) => ({ ...label(item), gone: true }))];
}

const byName = (items: readonly Json[]): Map<string, Json> => new Map(items.map((item) => [nameOf(item) ?? '', item]));

/** What tells an item from its neighbours. */
function label(item: Json | undefined): JsonObject {
  if (!isObject(item)) return {};
  const { name, clusterName, filterChainMatch } = item;
  return { name, clusterName, filterChainMatch };
}

/** Lists of which every item has a name of its own. */
const isNamed = (items: readonly Json[]): boolean =>
  items.every((item) => nameOf(item) !== undefined) && byName(items).size === items.length;

/** Lists whose order is the order of work: unchanged items stay, by name. */
const ordered = new Set(['filters', 'httpFilters', 'listenerFilters']);
/** A virtual host's routes are read from first to last, so all are shown. */
const whole = new Set(['routes']);

function changed(before: Json, after: Json): Json {
  if (!isObject(before) || !isObject(after)) return after;
  const fields = [...new Set([...Object.keys(after), ...Object.keys(before)])].filter(
    (field) => text(before[field]) !== text(after[field]),
  );
  const entries = fields.map((field) => [field, changedField(field, before[field], after[field])]);
  return { ...label(after), ...Object.fromEntries(entries) };
}

function changedField(field: string, before: Json | undefined, after: Json | undefined): Json {
  if (after === undefined) return null;
  if (before === undefined) return after;
  if (Array.isArray(before) && Array.isArray(after) && !whole.has(field) && isNamed(before) && isNamed(after))
    return ordered.has(field) ? inOrder(before, after) : changedItems(before, after);
  return changed(before, after);
}

function inOrder(before: readonly Json[], after: readonly Json[]): Json[] {
  const old = byName(before);
  return after.map((item) => {
    const was = old.get(nameOf(item) ?? '');
    if (was === undefined) return item;
    return text(was) === text(item) ? (nameOf(item) ?? null) : changed(was, item);
  });
}
