import type { ApplyOptions, ListOptions, Patch, Propagation } from './api.ts';
import type { KindRef, KubeObject, ObjectRef } from './objects.ts';

export interface StoreEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: KubeObject;
  /** The object before the change; absent for ADDED. */
  previous?: KubeObject;
  revision: number;
}

/** Thrown-free result type is not used here: every refusal is an ApiError (code, reason, causes). */
export interface WriteOptions {
  /** Write only .status (or only everything else, when absent). */
  subresource?: 'status';
  /** Owner of the changed fields in managedFields; `unknown` when absent. */
  fieldManager?: string;
  /** Answer as if written, with every refusal, and store nothing. */
  dryRun?: boolean;
}

/**
 * The objects, in memory. Synchronous, because nothing in it waits; objects handed out are frozen and shared.
 * Controllers and istiod's snapshot read this; KubeApi wraps it for everybody else.
 */
export interface Store {
  readonly revision: number;
  get(ref: ObjectRef): KubeObject | undefined;
  list(kind: KindRef, options?: ListOptions): readonly KubeObject[];
  /** Fills uid, resourceVersion, generation, creationTimestamp, generated name; refuses a present name with 409 AlreadyExists. */
  create(object: KubeObject, options?: WriteOptions): KubeObject;
  /** 409 Conflict when metadata.resourceVersion is set and old. A write that changes nothing is no event. */
  update(object: KubeObject, options?: WriteOptions): KubeObject;
  apply(object: KubeObject, options: ApplyOptions): KubeObject;
  patch(ref: ObjectRef, patch: Patch, options?: WriteOptions): KubeObject;
  /** Sets deletionTimestamp while finalizers (or a pod's grace period) remain; removes, and collects dependents, otherwise. */
  delete(ref: ObjectRef, options?: { propagation?: Propagation; gracePeriodSeconds?: number }): void;
  /** Called synchronously after each change, in order of revisions; returns the function that ends it. */
  subscribe(listener: (event: StoreEvent) => void): () => void;
}
