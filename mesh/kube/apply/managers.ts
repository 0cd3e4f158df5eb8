import { isObject, type JsonObject } from '../../json.ts';
import { equal } from '../frozen.ts';
import { type FieldSet, fromFieldsV1, isEmpty, toFieldsV1 } from './field-set.ts';

/** One entry of metadata.managedFields. */
export interface Manager {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  /** RFC 3339, of the last write that changed the entry. */
  time?: string;
  subresource?: string;
  fields: FieldSet;
}

/** Who writes: an entry without its fields. */
export type Writer = Omit<Manager, 'fields'>;

/** Appliers are the same whatever version they apply; updaters are told apart by it (managedfields.go, BuildManagerIdentifier). */
export const sameManager = (a: Writer, b: Writer): boolean =>
  a.manager === b.manager &&
  a.operation === b.operation &&
  a.subresource === b.subresource &&
  (a.operation === 'Apply' || a.apiVersion === b.apiVersion);

/** undefined when an entry cannot be read. */
export function decodeManagers(entries: readonly JsonObject[] | undefined): Manager[] | undefined {
  const managers = (entries ?? []).map(decode);
  return managers.every((m) => m !== undefined) ? managers : undefined;
}

function decode(entry: JsonObject): Manager | undefined {
  const { manager, operation, apiVersion, time, subresource, fieldsType, fieldsV1 } = entry;
  if ((operation !== 'Apply' && operation !== 'Update') || fieldsType !== 'FieldsV1') return undefined;
  if (typeof apiVersion !== 'string' || apiVersion === '') return undefined;
  const fields = fromFieldsV1(isObject(fieldsV1) ? fieldsV1 : {});
  if (fields === undefined) return undefined;
  return {
    manager: typeof manager === 'string' ? manager : '',
    operation,
    apiVersion,
    ...(typeof time === 'string' ? { time } : {}),
    ...(typeof subresource === 'string' && subresource !== '' ? { subresource } : {}),
    fields,
  };
}

/** Entries without fields are left out; the order is the API server's (managedfields.go, sortEncodedManagedFields). */
export function encodeManagers(managers: readonly Manager[]): JsonObject[] {
  const key = (m: Manager) => [m.operation, m.time ?? '', m.manager, m.apiVersion, m.subresource ?? ''].join('\n');
  return managers
    .filter((m) => !isEmpty(m.fields))
    .sort((a, b) => (key(a) < key(b) ? -1 : 1))
    .map(({ fields, ...who }) => ({ ...who, fieldsType: 'FieldsV1', fieldsV1: toFieldsV1(fields) }));
}

/** Equal but for times and order: such a write changed nothing. */
export function sameOwnership(a: readonly JsonObject[], b: readonly JsonObject[]): boolean {
  const timeless = (entries: readonly JsonObject[]) => entries.map(({ time, ...rest }) => rest);
  const others = timeless(b);
  return a.length === b.length && timeless(a).every((entry) => others.some((other) => equal(entry, other)));
}
