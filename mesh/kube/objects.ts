import type { Json, JsonObject } from '../json.ts';

/** metadata of any object, as Kubernetes writes it. */
export type ObjectMeta = {
  name: string;
  namespace?: string;
  generateName?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: { [key: string]: string };
  annotations?: { [key: string]: string };
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: JsonObject[];
};

export type OwnerReference = {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
};

/** Any Kubernetes object. Kinds with known fields narrow spec and status (see kinds/). */
export type KubeObject<Spec = JsonObject, Status = JsonObject> = {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec?: Spec;
  status?: Status;
  [field: string]: Json | Spec | Status | ObjectMeta | undefined;
};

/** Names a kind: `{ apiVersion: 'networking.istio.io/v1', kind: 'VirtualService' }`. */
export interface KindRef {
  apiVersion: string;
  kind: string;
}

/** Names one object. `namespace` is absent for cluster-scoped kinds. */
export interface ObjectRef extends KindRef {
  namespace?: string;
  name: string;
}
