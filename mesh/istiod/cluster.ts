import { type Controllers, startControllers } from '../kube/controllers/start.ts';
import { servedKinds } from '../kube/kinds.ts';
import { createStore } from '../kube/memory-store.ts';
import type { PodRuntime } from '../kube/runtime.ts';
import type { Store } from '../kube/store.ts';
import type { Clock } from '../world/clock.ts';
import type { Random } from '../world/random.ts';
import { istioAdmission } from './admission.ts';
import type { MeshConfig } from './mesh-config.ts';

export interface ClusterOptions {
  clock: Clock;
  random: Random;
  meshConfig: MeshConfig;
}

/** A Kubernetes with Istio's webhooks, before its first pod. */
export interface Cluster {
  store: Store;
  start(runtime: PodRuntime): Controllers;
}

export function openCluster({ clock, random, meshConfig }: ClusterOptions): Cluster {
  const admit = istioAdmission({ store: () => store, mesh: () => meshConfig });
  const store: Store = createStore({ kinds: servedKinds, clock, random, admit });
  return { store, start: (runtime) => startControllers({ store, runtime, clock }) };
}
