import { isObject } from '../../json.ts';
import type { Cause } from '../errors.ts';
import { alreadyExists, badRequest, conflict, invalid, modified } from '../errors.ts';
import { equal } from '../frozen.ts';
import type { KindInfo } from '../kind-info.ts';
import { generatedName, nameCauses, now, uuid } from '../naming.ts';
import type { KubeObject, ObjectMeta } from '../objects.ts';
import type { Core, Found } from './core.ts';

/** Tries for a generated name before giving up (k8s.io/apiserver registry/generic/registry/store.go). */
const maxTries = 8;

/** metadata of a new object: what only the server sets is set, whatever was sent for it is dropped. */
export function newMetadata(core: Core, info: KindInfo, object: KubeObject): ObjectMeta {
  const metadata = decoded(object);
  const { namespace, resourceVersion, deletionTimestamp, deletionGracePeriodSeconds, ...sent } = metadata;
  if (resourceVersion !== undefined && resourceVersion !== '') {
    throw badRequest('resourceVersion should not be set on objects to be created');
  }
  const place = info.namespaced ? { namespace: namespace || 'default' } : {};
  const name = nameOf(core, info, { ...metadata, ...place });
  const causes = nameCauses(info, name);
  if (causes.length > 0) throw invalid(info, name, causes);
  return {
    ...sent,
    name,
    ...place,
    uid: uuid(core.options.random),
    generation: object.spec === undefined ? undefined : 1,
    creationTimestamp: now(core.options.clock),
  };
}

/** What names an object is read before its schema is: a request may have no metadata, or names that are no strings. */
function decoded(object: KubeObject): Partial<ObjectMeta> {
  const metadata: unknown = object.metadata ?? {};
  if (!isObject(metadata)) throw undecodable('metadata', 'an object');
  for (const field of ['name', 'generateName', 'namespace', 'resourceVersion'])
    if (typeof (metadata[field] ?? '') !== 'string') throw undecodable(`metadata.${field}`, 'a string');
  return metadata;
}
const undecodable = (field: string, expected: string) => badRequest(`${field} in the request body is not ${expected}`);

function nameOf(core: Core, info: KindInfo, metadata: Partial<ObjectMeta>): string {
  const { name, generateName, namespace = '' } = metadata;
  if (name) return name;
  if (!generateName) return '';
  for (let tries = 0; tries < maxTries; tries += 1) {
    const generated = generatedName(generateName, core.options.random);
    if (core.tables.get(info, namespace, generated) === undefined) return generated;
  }
  throw alreadyExists(info, generateName);
}

/** Refuses a write that was made for another object or version of it. */
export function refuseStale({ info, object: live }: Found, { uid, resourceVersion }: ObjectMeta): void {
  const { name } = live.metadata;
  if (uid !== undefined && uid !== '' && uid !== live.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata.uid}`;
    throw conflict(info, name, why);
  }
  if (resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== live.metadata.resourceVersion) {
    throw modified(info, name);
  }
}

/** metadata of a changed object: labels, annotations, finalizers and owners as sent, the rest stays the server's. */
export function nextMetadata({ info, object: live }: Found, sent: ObjectMeta): ObjectMeta {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp } = live.metadata;
  const { generateName, deletionTimestamp, deletionGracePeriodSeconds } = live.metadata;
  const { labels, annotations, finalizers, ownerReferences, managedFields } = sent;
  if (deletionTimestamp !== undefined) refuseNewFinalizers(info, live, finalizers ?? []);
  return {
    ...{ name, generateName, namespace, uid, resourceVersion, generation, creationTimestamp },
    ...{ deletionTimestamp, deletionGracePeriodSeconds },
    ...{ labels, annotations, finalizers, ownerReferences, managedFields },
  };
}

function refuseNewFinalizers(info: KindInfo, live: KubeObject, finalizers: readonly string[]): void {
  const extra = finalizers.filter((f) => !(live.metadata.finalizers ?? []).includes(f));
  if (extra.length === 0) return;
  const list = `[]string{${extra.map((f) => JSON.stringify(f)).join(', ')}}`;
  const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers ${list}`;
  const cause: Cause = { field: 'metadata.finalizers', message };
  throw invalid(info, live.metadata.name, [cause]);
}

/** Whether something beside metadata and status differs: what metadata.generation counts. */
export function specChanged(before: KubeObject, after: KubeObject): boolean {
  const bare = ({ metadata, status, apiVersion, ...rest }: KubeObject) => rest;
  return !equal(bare(before), bare(after));
}
