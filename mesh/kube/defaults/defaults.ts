import type { KubeObject } from '../objects.ts';
import type { Mutator } from '../schema/admit.ts';
import type { Store } from '../store.ts';
import { defaultPod } from './pod.ts';
import { defaultService } from './service.ts';
import { defaultDeployment, defaultReplicaSet } from './workload.ts';

type Default = (object: KubeObject, store: Store, previous: KubeObject | undefined) => KubeObject;

/** The table is keyed by kind, so each default gets the type it is written for. */
const of = <T extends KubeObject>(defaulted: (object: T, store: Store, previous: T | undefined) => T) =>
  defaulted as unknown as Default;

/** One line per kind. `store` is asked for what is taken: cluster addresses, node ports. */
const defaults: { [kind: string]: Default } = {
  'v1/Pod': of(defaultPod),
  'v1/Service': of(defaultService),
  'apps/v1/Deployment': of(defaultDeployment),
  'apps/v1/ReplicaSet': of(defaultReplicaSet),
  'apps/v1/StatefulSet': of(defaultReplicaSet),
};

/**
 * The API server's defaults, as far as something here or a reader of `kubectl get -o yaml` minds them
 * (kubernetes pkg/apis/core/v1/defaults.go, pkg/apis/apps/v1/defaults.go). `store` is asked late: it is made with this.
 */
export const apiDefaults =
  (store: () => Store): Mutator =>
  (object, previous) =>
    defaults[`${object.apiVersion}/${object.kind}`]?.(object, store(), previous) ?? object;
