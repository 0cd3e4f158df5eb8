import type { Propagation } from '../api.ts';
import { equal } from '../frozen.ts';
import type { KubeObject } from '../objects.ts';
import { type Core, type Found, withMeta } from './core.ts';
import { blocking, foregroundDeletion, isWaiting, ownersOf, without } from './gc.ts';
import { deadline, graceOf } from './grace.ts';
import { emptied, isNamespace, terminating } from './namespaces.ts';

export interface DeleteOptions {
  propagation?: Propagation;
  gracePeriodSeconds?: number;
}

/**
 * Everything that makes objects go: deletes, finalizers that are done, owners that are gone, namespaces that are empty.
 * Acting on one object changes others, so each is looked up again before it is acted on.
 */
export class Deletion {
  readonly #core: Core;
  constructor(core: Core) {
    this.#core = core;
  }

  delete(target: Found, { propagation = 'Background', gracePeriodSeconds }: DeleteOptions = {}): void {
    if (isNamespace(target.object)) this.#deleteNamespace(target);
    else this.#deleteObject(target, { propagation, gracePeriodSeconds });
  }

  #deleteObject(target: Found, { propagation, gracePeriodSeconds }: DeleteOptions): void {
    const { object } = target;
    if (propagation === 'Orphan') this.#orphanDependents(object);
    const grace = graceOf(object, gracePeriodSeconds);
    const held = object.metadata.finalizers ?? [];
    const waits = propagation === 'Foreground' && !held.includes(foregroundDeletion);
    const finalizers = waits ? [...held, foregroundDeletion] : held;
    const marked = finalizers.length > 0 || grace > 0 ? this.#mark(target, { grace, finalizers }) : undefined;
    if (marked === undefined) this.#remove(target);
    else if (propagation === 'Foreground') this.#deleteDependents(marked);
  }

  /** To be called after a write: removes the object if it only waited for that, or if none of its owners exists. */
  settle(object: KubeObject): void {
    if (object.metadata.deletionTimestamp !== undefined) {
      this.#finish(object);
      return;
    }
    const { solid, waiting, absent } = ownersOf(this.#core, object);
    if (absent.length > 0 && solid.length + waiting.length === 0) this.#collect(object, 'Background');
  }

  #finish(object: KubeObject): void {
    const { name, finalizers = [], deletionGracePeriodSeconds = 0 } = object.metadata;
    if (isNamespace(object)) this.#removeEmptied(name);
    else if (finalizers.length === 0 && deletionGracePeriodSeconds === 0) this.#remove(this.#found(object));
  }

  #remove(target: Found): void {
    const { uid = '', namespace, ownerReferences = [] } = target.object.metadata;
    this.#core.drop(target);
    for (const dependent of this.#core.tables.dependents(uid)) this.#lostOwner(dependent);
    for (const owner of ownerReferences) this.#unblock(owner.uid);
    if (namespace !== undefined) this.#removeEmptied(namespace);
  }

  #lostOwner(dependent: KubeObject): void {
    const object = this.#current(dependent);
    if (object === undefined) return;
    const { solid, waiting, absent } = ownersOf(this.#core, object);
    if (solid.length + waiting.length === 0) this.#collect(object, 'Background');
    else if (absent.length > 0) this.#put(withMeta(object, { ownerReferences: without(object, absent) }));
  }

  #collect(object: KubeObject, propagation: Propagation): void {
    if (object.metadata.deletionTimestamp === undefined) this.delete(this.#found(object), { propagation });
  }

  #mark({ info, object }: Found, change: { grace: number; finalizers: readonly string[] }): KubeObject {
    const { generation, deletionTimestamp } = object.metadata;
    const marked = withMeta(object, {
      ...deadline(object, change.grace, this.#core.options.clock.now()),
      finalizers: change.finalizers.length > 0 ? [...change.finalizers] : undefined,
      // Being deleted is a change of what is wanted (k8s.io/apiserver pkg/registry/rest/delete.go).
      generation: generation !== undefined && deletionTimestamp === undefined ? generation + 1 : generation,
    });
    return equal(marked.metadata, object.metadata) ? object : this.#core.put(info, marked);
  }

  #deleteDependents(owner: KubeObject): void {
    const uid = owner.metadata.uid ?? '';
    for (const dependent of this.#core.tables.dependents(uid)) {
      const object = this.#current(dependent);
      if (object === undefined) continue;
      const shared = ownersOf(this.#core, object).solid.length > 0;
      if (shared) this.#put(withMeta(object, { ownerReferences: without(object, [{ uid }]) }));
      else this.#collect(object, this.#hasDependents(object) ? 'Foreground' : 'Background');
    }
    this.#unblock(uid);
  }

  #orphanDependents(owner: KubeObject): void {
    const uid = owner.metadata.uid ?? '';
    for (const object of this.#core.tables.dependents(uid)) {
      this.#put(withMeta(object, { ownerReferences: without(object, [{ uid }]) }));
    }
  }

  /** An owner deleted in the foreground goes when no dependent blocks it any more. */
  #unblock(uid: string): void {
    const owner = this.#core.tables.byUid(uid);
    if (owner === undefined || !isWaiting(owner) || blocking(this.#core, uid).length > 0) return;
    const finalizers = (owner.metadata.finalizers ?? []).filter((f) => f !== foregroundDeletion);
    this.settle(this.#put(withMeta(owner, { finalizers: finalizers.length > 0 ? finalizers : undefined })));
  }

  #deleteNamespace(target: Found): void {
    const { name } = target.object.metadata;
    const marked = terminating(this.#core, target);
    if (!equal(marked, target.object)) this.#put(marked);
    for (const content of this.#core.tables.inNamespace(name)) {
      const object = this.#current(content);
      if (object !== undefined) this.#collect(object, 'Background');
    }
    this.#removeEmptied(name);
  }

  #removeEmptied(namespace: string): void {
    const empty = emptied(this.#core, namespace);
    if (empty !== undefined) this.#remove(empty);
  }

  #hasDependents = (object: KubeObject) => this.#core.tables.dependents(object.metadata.uid ?? '').length > 0;
  #current = (object: KubeObject) => this.#core.tables.byUid(object.metadata.uid ?? '');
  #found = (object: KubeObject): Found => ({ info: this.#core.kind(object), object });
  #put = (object: KubeObject) => this.#core.put(this.#core.kind(object), object);
}
