import type { JsonObject } from '../../json.ts';
import { ApiError } from '../api.ts';
import type { KubeObject } from '../objects.ts';
import { shapeOf } from '../patch/shapes.ts';
import { ElementError } from './elements.ts';
import { difference, type FieldSet, intersection, isEmpty, pathsOf, union } from './field-set.ts';
import { decodeManagers, encodeManagers, type Manager, sameManager } from './managers.ts';
import { merge, prune } from './merge.ts';
import { content, ownable, type Tracking, track } from './track.ts';
import { compare, fieldsOf } from './walk.ts';

export interface Applied {
  /** Merged and pruned; metadata.managedFields is not in it. */
  object: KubeObject;
  managedFields: JsonObject[];
}

interface Request extends Tracking {
  force?: boolean;
}

/**
 * Server-side apply (structured-merge-diff merge/update.go, Apply): lays `applied` over `live`, takes out what this
 * manager applied before and no longer does unless somebody else owns it, and refuses changes of others' fields with
 * 409 unless forced. `live` is undefined for a new object.
 */
export function applyTo(live: KubeObject | undefined, applied: KubeObject, request: Request): Applied {
  const { info, writer, force = false } = request;
  const shape = shapeOf(info);
  const managers = ownersOf(live, request);
  const before = content(live);
  const own = managers.find((m) => sameManager(m, writer));
  const others = managers.filter((m) => !sameManager(m, writer));
  const fields = ownable(typed(applied, () => fieldsOf(content(applied), shape)));
  const merged = typed(applied, () => merge(before, content(applied), shape)) ?? {};
  const owned = others.reduce<FieldSet>((all, m) => union(all, m.fields), fields);
  const object = own === undefined ? merged : (prune(merged, own.fields, { owned, shape }) ?? {});
  const { added, modified, removed } = compare(before, object, shape);
  const clashes = others.map((m) => ({ m, fields: intersection(m.fields, union(added, modified)) }));
  refuseConflicts(force ? [] : clashes);
  const kept = clashes.map(
    ({ m, fields: lost }): Manager => ({ ...m, fields: difference(m.fields, union(lost, removed)) }),
  );
  return {
    object: object as KubeObject,
    managedFields: encodeManagers([...kept, { ...writer, fields }]),
  };
}

/** Fields of an object that nobody tracked so far belong to `before-first-apply` (managedfields/internal/skipnonapplied.go). */
function ownersOf(live: KubeObject | undefined, { info, writer }: Tracking): Manager[] {
  const managers = decodeManagers(live?.metadata.managedFields) ?? [];
  if (live === undefined || managers.length > 0) return managers;
  const first = { ...writer, manager: 'before-first-apply', operation: 'Update' as const };
  const untracked: KubeObject = { ...live, metadata: { ...live.metadata, managedFields: undefined } };
  return decodeManagers(track(undefined, untracked, { info, writer: first })) ?? [];
}

/** Says of which object a list cannot be merged; the API server answers 500 for it. */
function typed<T>(applied: KubeObject, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ElementError)) throw error;
    const { name, namespace = '' } = applied.metadata;
    const what = `${namespace}/${name}; ${applied.apiVersion}, Kind=${applied.kind}`;
    throw new ApiError(500, 'InternalError', `failed to create typed patch object (${what}): ${error.message}`);
  }
}

interface Clash {
  m: Manager;
  fields: FieldSet;
}

/** Texts: apimachinery managedfields/internal/conflict.go. */
function refuseConflicts(clashes: readonly Clash[]): void {
  const real = clashes.filter(({ fields }) => !isEmpty(fields));
  const causes = real.flatMap(({ m, fields }) =>
    pathsOf(fields).map((field) => ({ field, message: `conflict with ${managerText(m)}` })),
  );
  const [first] = causes;
  if (first === undefined) return;
  const text =
    causes.length === 1
      ? `Apply failed with 1 conflict: ${first.message}: ${first.field}`
      : `Apply failed with ${causes.length} conflicts: ${real.map(clashText).sort().join('\n')}`;
  throw new ApiError(409, 'Conflict', text, causes);
}

const clashText = ({ m, fields }: Clash) =>
  [`conflicts with ${managerText(m)}:`, ...pathsOf(fields).map((path) => `- ${path}`)].join('\n');

function managerText({ manager, subresource, operation, apiVersion, time }: Manager): string {
  const who =
    JSON.stringify(manager) + (subresource === undefined ? '' : ` with subresource ${JSON.stringify(subresource)}`);
  if (operation === 'Apply') return who;
  return `${who} using ${apiVersion}${time === undefined ? '' : ` at ${time}`}`;
}
