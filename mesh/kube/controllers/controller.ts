import type { Clock } from '../../world/clock.ts';
import type { KindRef, KubeObject } from '../objects.ts';
import type { PodRuntime } from '../runtime.ts';
import type { Store, StoreEvent } from '../store.ts';

/** Names what a controller has to look at again. */
export interface Key {
  namespace: string;
  name: string;
}

export interface ControllerDeps {
  store: Store;
  clock: Clock;
  runtime: PodRuntime;
  /** Work that goes on after reconcile has returned; idle() waits for it. A rejection is a controller's failure. */
  track(work: Promise<void>): void;
  /** Asks for another look, after the present queue. */
  requeue(key: Key): void;
}

/** Makes one kind of object come true. Level-triggered: reconcile reads the store and looks at no event. */
export interface Controller {
  name: string;
  /** Changes of these kinds wake it, with the keys that they concern. */
  watches: readonly Watch[];
  /** Makes the controller's own state, once per start. */
  start(deps: ControllerDeps): { reconcile(key: Key): void };
}

export interface Watch {
  kind: KindRef;
  /** Keys of the objects to look at; `keyOf` of the object itself when absent. */
  keys?(event: StoreEvent, store: Store): Key[];
}

export const keyOf = ({ metadata }: KubeObject): Key => ({ namespace: metadata.namespace ?? '', name: metadata.name });

/** Key of the owner that controls the object, if it is of the given kind. */
export function ownerKey(kind: string): (event: StoreEvent) => Key[] {
  return ({ object }) => {
    const owner = controllerOf(object);
    return owner?.kind === kind ? [{ namespace: object.metadata.namespace ?? '', name: owner.name }] : [];
  };
}

export const controllerOf = ({ metadata }: KubeObject) => metadata.ownerReferences?.find((owner) => owner.controller);

export const isControlledBy = (object: KubeObject, owner: KubeObject): boolean =>
  controllerOf(object)?.uid === owner.metadata.uid;

/** The ownerReference that a controller writes. */
export const controllerRef = ({ apiVersion, kind, metadata }: KubeObject) => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
});

export const isKind = (object: KubeObject, { apiVersion, kind }: KindRef): boolean =>
  object.kind === kind && object.apiVersion === apiVersion;
