import type { JsonObject } from '../../json.ts';
import type { KindInfo } from '../kind-info.ts';
import type { KubeObject } from '../objects.ts';
import { type Shape, shapeOf } from '../patch/shapes.ts';
import { difference, type FieldSet, fromFieldsV1, isEmpty, union } from './field-set.ts';
import { decodeManagers, encodeManagers, type Manager, sameManager, type Writer } from './managers.ts';
import { compare } from './walk.ts';

/** Fields that nobody owns (apimachinery managedfields/internal/stripmeta.go). */
const unowned: FieldSet = fromFieldsV1({
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    'f:name': {},
    'f:namespace': {},
    'f:creationTimestamp': {},
    'f:selfLink': {},
    'f:uid': {},
    'f:generation': {},
    'f:managedFields': {},
    'f:resourceVersion': {},
  },
}) as FieldSet;

export const ownable = (set: FieldSet): FieldSet => difference(set, unowned);

export interface Tracking {
  info: KindInfo;
  writer: Writer;
}

/**
 * managedFields after a write that is not an apply: the writer owns what it added or changed, everybody loses what was
 * removed, others lose what was changed (structured-merge-diff merge/update.go, Update).
 */
export function track(before: KubeObject | undefined, after: KubeObject, { info, writer }: Tracking): JsonObject[] {
  if (isReset(after.metadata.managedFields)) return [];
  const managers = inherited(before, after);
  const shape: Shape = shapeOf(info);
  const { added, modified, removed } = compare(content(before), content(after), shape);
  const touched = ownable(union(added, modified));
  const gone = union(touched, removed);
  const others = managers.filter((m) => !sameManager(m, writer));
  const own = managers.find((m) => sameManager(m, writer));
  const kept = others.map((m): Manager => ({ ...m, fields: difference(m.fields, gone) }));
  if (isEmpty(touched)) {
    return encodeManagers(own === undefined ? kept : [...kept, { ...own, fields: difference(own.fields, removed) }]);
  }
  const fields = own === undefined ? touched : union(difference(own.fields, removed), touched);
  return encodeManagers([...kept, { ...writer, fields }]);
}

/** An object as ownership sees it: without managedFields. Keys that hold nothing are absent. */
export const content = (object: KubeObject | undefined): JsonObject => {
  if (object === undefined) return {};
  const { managedFields, ...metadata } = object.metadata;
  return { ...object, metadata };
};

/** `[]` or `[{}]` in a write clears all ownership (Server-Side Apply, "Clearing managedFields"). */
const isReset = (entries: readonly JsonObject[] | undefined) =>
  entries !== undefined &&
  (entries.length === 0 || (entries.length === 1 && Object.keys(entries[0] ?? {}).length === 0));

/** A writer may change managedFields itself; one that sends none, or unreadable ones, keeps the stored ones. */
function inherited(before: KubeObject | undefined, after: KubeObject): Manager[] {
  const sent = decodeManagers(after.metadata.managedFields);
  if (sent !== undefined && sent.length > 0) return sent;
  return decodeManagers(before?.metadata.managedFields) ?? [];
}
