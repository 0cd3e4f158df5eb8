import type { KubeObject, OwnerReference } from '../objects.ts';
import type { Core } from './core.ts';

/** Finalizer of an owner that waits for its dependents (kubernetes.io/docs/concepts/architecture/garbage-collection). */
export const foregroundDeletion = 'foregroundDeletion';

export interface Owners {
  /** Exist and are not waiting for their dependents to go. */
  solid: OwnerReference[];
  /** Exist, but are being deleted in the foreground. */
  waiting: OwnerReference[];
  /** Do not exist (any more). */
  absent: OwnerReference[];
}

/** Sorts the owners of an object; a name that another object has taken over is absent, because the uid counts. */
export function ownersOf(core: Core, object: KubeObject): Owners {
  const owners: Owners = { solid: [], waiting: [], absent: [] };
  for (const reference of object.metadata.ownerReferences ?? []) {
    const owner = core.tables.byUid(reference.uid);
    if (owner === undefined || !reaches(owner, object)) owners.absent.push(reference);
    else if (isWaiting(owner)) owners.waiting.push(reference);
    else owners.solid.push(reference);
  }
  return owners;
}

/** An owner is cluster-scoped or in the same namespace. */
const reaches = (owner: KubeObject, object: KubeObject) =>
  owner.metadata.namespace === undefined || owner.metadata.namespace === object.metadata.namespace;

export const isWaiting = ({ metadata }: KubeObject): boolean =>
  metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(foregroundDeletion);

/** Dependents that keep an owner from going in the foreground. */
export const blocking = (core: Core, uid: string): KubeObject[] =>
  core.tables
    .dependents(uid)
    .filter((o) => (o.metadata.ownerReferences ?? []).some((r) => r.uid === uid && r.blockOwnerDeletion === true));

/** The references without some of them; undefined when none is left. */
export const without = (object: KubeObject, gone: readonly { uid: string }[]): OwnerReference[] | undefined => {
  const left = (object.metadata.ownerReferences ?? []).filter((r) => !gone.some((g) => g.uid === r.uid));
  return left.length === 0 ? undefined : left;
};
