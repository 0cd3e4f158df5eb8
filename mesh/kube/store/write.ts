import { applyTo } from '../apply/apply.ts';
import { type Manager, sameOwnership } from '../apply/managers.ts';
import { track } from '../apply/track.ts';
import { alreadyExists, unknownKind } from '../errors.ts';
import { equal, frozen } from '../frozen.ts';
import type { KindInfo } from '../kind-info.ts';
import { now } from '../naming.ts';
import type { KubeObject } from '../objects.ts';
import type { WriteOptions } from '../store.ts';
import { type Core, type Found, type Operation, withMeta } from './core.ts';
import type { Deletion } from './deletion.ts';
import { newMetadata, nextMetadata, refuseStale, specChanged } from './metadata.ts';
import { isNamespace, refuseWithoutNamespace, withNamespaceDefaults } from './namespaces.ts';

/** How managedFields come to be: from what changed (`track`), or given by an apply. */
export interface WriteContext extends WriteOptions {
  managedFields?: KubeObject['metadata']['managedFields'];
  /** The version the caller wrote in; the stored one when absent. */
  apiVersion?: string;
}

export interface Parts {
  core: Core;
  deletion: Deletion;
}

export function createObject({ core, deletion }: Parts, object: KubeObject, context: WriteContext = {}): KubeObject {
  const info = core.kind(object);
  const asked = { apiVersion: object.apiVersion, ...context };
  const admitted = admit(core, newObject(core, info, object), { info, operation: 'create' });
  if (core.tables.get(info, admitted.metadata.namespace ?? '', admitted.metadata.name) !== undefined) {
    throw alreadyExists(info, admitted.metadata.name);
  }
  const managedFields = context.managedFields ?? ownership({ core, info, after: admitted }, asked);
  return commit({ core, deletion }, info, { object: withMeta(admitted, { managedFields }), dryRun: context.dryRun });
}

/** The object as sent, with the server's metadata; status is not the creator's to write. */
function newObject(core: Core, info: KindInfo, object: KubeObject): KubeObject {
  const sent = { ...object, apiVersion: info.apiVersion, metadata: newMetadata(core, info, object) };
  const bare = info.status ? { ...sent, status: undefined } : sent;
  return isNamespace(bare) ? withNamespaceDefaults(bare) : bare;
}

/** Writes `sent` over what is stored: all but status, or status alone. Throws ApiError 404, 409, and what admission throws. */
export function updateObject(parts: Parts, sent: KubeObject, context: WriteContext = {}): KubeObject {
  const { core } = parts;
  const { apiVersion, kind, metadata } = sent;
  const { name, namespace } = metadata;
  const found = core.found({ apiVersion, kind, name, ...(namespace ? { namespace } : {}) });
  refuseStale(found, metadata);
  const next = context.subresource === 'status' ? statusOnly(found, sent) : allButStatus(found, sent);
  return replaceObject(parts, { found, next }, { apiVersion, ...context });
}

function statusOnly({ info, object: live }: Found, sent: KubeObject): KubeObject {
  if (!info.status) throw unknownKind();
  const managedFields = sent.metadata.managedFields ?? live.metadata.managedFields;
  return { ...withMeta(live, { managedFields }), status: sent.status };
}

function allButStatus(found: Found, sent: KubeObject): KubeObject {
  const { info, object: live } = found;
  const status = info.status ? live.status : sent.status;
  const next = { ...sent, apiVersion: live.apiVersion, status, metadata: nextMetadata(found, sent.metadata) };
  return isNamespace(next) ? withNamespaceDefaults(next) : next;
}

/** Admits and stores `next` in place of what was found; nothing happens when it is the same. */
export function replaceObject(
  parts: Parts,
  change: { found: Found; next: KubeObject },
  context: WriteContext,
): KubeObject {
  const { core } = parts;
  const { info, object: live } = change.found;
  const operation = context.subresource ?? 'update';
  const admitted = admit(core, change.next, { info, operation, previous: live });
  const managedFields = context.managedFields ?? ownership({ core, info, before: live, after: admitted }, context);
  const old = live.metadata.managedFields ?? [];
  const next = withMeta(admitted, {
    managedFields: sameOwnership(managedFields, old) ? old : managedFields,
    generation: nextGeneration(live, admitted),
  });
  if (equal(present(next), present(live))) return live;
  return commit(parts, info, { object: next, dryRun: context.dryRun });
}

const nextGeneration = (live: KubeObject, next: KubeObject) =>
  live.metadata.generation !== undefined && specChanged(live, next)
    ? live.metadata.generation + 1
    : live.metadata.generation;

/** An empty list of managers is an absent one. */
const present = (object: KubeObject): KubeObject =>
  object.metadata.managedFields?.length === 0 ? withMeta(object, { managedFields: undefined }) : object;

interface AdmitRequest {
  info: KindInfo;
  operation: Operation;
  previous?: KubeObject;
}

/** The hook sees frozen objects: it answers with a copy, and cannot change what is stored by accident. */
function admit(core: Core, object: KubeObject, { info, operation, previous }: AdmitRequest): KubeObject {
  const asked = frozen(object);
  if (operation === 'create') refuseWithoutNamespace(core, info, asked);
  return core.options.admit?.(asked, previous, operation) ?? asked;
}

type Write = { core: Core; info: KindInfo; before?: KubeObject; after: KubeObject };

function ownership({ core, info, before, after }: Write, context: WriteContext) {
  const writer: Omit<Manager, 'fields'> = {
    manager: context.fieldManager ?? 'unknown',
    operation: 'Update',
    apiVersion: context.apiVersion ?? info.apiVersion,
    time: now(core.options.clock),
    ...(context.subresource === undefined ? {} : { subresource: context.subresource }),
  };
  return track(before, after, { info, writer });
}

function commit(
  { core, deletion }: Parts,
  info: KindInfo,
  { object, dryRun }: { object: KubeObject; dryRun?: boolean },
): KubeObject {
  if (dryRun) return frozen(present(object));
  const stored = core.put(info, present(object));
  deletion.settle(stored);
  return stored;
}

/** Server-side apply. Throws ApiError 400, 409, 422, and what admission throws. */
export function applyObject(
  parts: Parts,
  sent: KubeObject,
  options: { fieldManager: string; force?: boolean; dryRun?: boolean },
): KubeObject {
  const { core } = parts;
  const { metadata } = sent;
  const { info, object: live } = core.lookup({
    apiVersion: sent.apiVersion,
    kind: sent.kind,
    name: metadata.name,
    ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
  });
  if (live !== undefined) refuseStale({ info, object: live }, metadata);
  const { status, ...rest } = sent;
  const applied = frozen(info.status ? rest : sent) as KubeObject;
  const writer = {
    manager: options.fieldManager,
    operation: 'Apply' as const,
    apiVersion: sent.apiVersion,
    time: now(core.options.clock),
  };
  const { object, managedFields } = applyTo(live, applied, { info, writer, force: options.force });
  const context = { dryRun: options.dryRun, managedFields };
  if (live === undefined) return createObject(parts, object, context);
  const found = { info, object: live };
  return replaceObject(parts, { found, next: allButStatus(found, object) }, context);
}
