import { isObject, type Json, type JsonObject } from '../../json.ts';
import { badRequest } from '../errors.ts';
import { equal } from '../frozen.ts';
import type { Shape } from './shapes.ts';
import { clean, deletions, directive, elementOrder, isDirective, plain, retainKeys } from './strategic-directives.ts';
import { ordered } from './strategic-order.ts';

/**
 * Strategic merge patch: as JSON merge patch, but lists of keyed items merge item by item, and directives say more
 * (kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch and
 * community/contributors/devel/sig-api-machinery/strategic-merge-patch). Throws ApiError 400 for a malformed patch.
 */
export function strategicPatch(target: Json, patch: Json, shape: Shape): Json {
  if (!isObject(patch)) throw badRequest('strategic merge patch must be an object');
  return mergeMap(isObject(target) ? target : {}, patch, shape);
}

function mergeMap(target: JsonObject, patch: JsonObject, shape: Shape): JsonObject {
  const how = directive(patch);
  if (how === 'replace') return plain(patch);
  if (how === 'delete') return {};
  const merged = retainKeys(target, patch);
  for (const [key, value] of Object.entries(patch)) {
    if (isDirective(key) || value === undefined) continue;
    if (value === null) delete merged[key];
    else merged[key] = mergeField(merged[key], value, { shape: shape.fields?.[key], order: elementOrder(patch, key) });
    if (merged[key] === undefined) delete merged[key];
  }
  for (const [key, gone] of deletions(patch)) {
    const list = merged[key];
    if (Array.isArray(list)) merged[key] = list.filter((item) => !gone.some((g) => equal(g, item)));
  }
  reorderOthers(merged, patch, { before: target, shape });
  return merged;
}

interface Field {
  shape: Shape | undefined;
  order: readonly Json[] | undefined;
}

function mergeField(target: Json | undefined, patch: Json, { shape = {}, order }: Field): Json | undefined {
  if (isObject(patch)) {
    return isObject(target) ? mergeMap(target, patch, shape) : clean(patch);
  }
  if (!Array.isArray(patch)) return patch;
  const list = Array.isArray(target) ? target : [];
  if (shape.set) return mergeSet(list, patch, order ?? patch);
  if (shape.keys?.[0] === undefined || patch.some((item) => !isObject(item))) return clean(patch);
  return mergeKeyed(list, patch as JsonObject[], { key: shape.keys[0], order, items: { fields: shape.fields } });
}

const mergeSet = (list: readonly Json[], patch: readonly Json[], order: readonly Json[]): Json[] => {
  const merged = [...list, ...patch.filter((item) => !list.some((other) => equal(other, item)))];
  return ordered(merged, { order, before: list, same: equal });
};

interface Keyed {
  key: string;
  order: readonly Json[] | undefined;
  items: Shape;
}

function mergeKeyed(list: readonly Json[], patch: readonly JsonObject[], { key, order, items }: Keyed): Json[] {
  const same = sameBy(key);
  const sent = patch.filter((item) => directive(item) === undefined);
  for (const item of patch) if (directive(item) !== 'replace') refuseWithoutKey(item, key);
  if (patch.some((item) => directive(item) === 'replace')) return sent.map(plain);
  const deleted = patch.filter((item) => directive(item) === 'delete');
  const merged = list.filter((item) => !deleted.some((d) => same(d, item)));
  for (const item of sent) {
    const at = merged.findIndex((other) => same(other, item));
    const old = merged[at];
    if (isObject(old)) merged[at] = mergeMap(old, item, items);
    else merged.push(plain(item));
  }
  return ordered(merged, { order: order ?? sent, before: list, same });
}

const sameBy = (key: string) => (a: Json, b: Json) => isObject(a) && isObject(b) && equal(a[key], b[key]);

function refuseWithoutKey(item: JsonObject, key: string): void {
  if (item[key] !== undefined) return;
  throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
}

/** An order may be given for a list that the patch does not otherwise touch. */
function reorderOthers(merged: JsonObject, patch: JsonObject, at: { before: JsonObject; shape: Shape }): void {
  for (const [key, shape] of Object.entries(at.shape.fields ?? {})) {
    const list = merged[key];
    const order = elementOrder(patch, key);
    if (patch[key] !== undefined || order === undefined || !Array.isArray(list)) continue;
    const before = at.before[key];
    const same = shape.keys?.[0] === undefined ? equal : sameBy(shape.keys[0]);
    merged[key] = ordered(list, { order, before: Array.isArray(before) ? before : [], same });
  }
}
