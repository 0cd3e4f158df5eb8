import { sidecarInjector } from '../../istiod/inject/inject.ts';
import type { MeshConfig } from '../../istiod/mesh-config.ts';
import { istioCrdRules, istioWebhook } from '../../istiod/validate/validate.ts';
import { type Controllers, startControllers } from '../../kube/controllers/start.ts';
import { apiDefaults } from '../../kube/defaults/defaults.ts';
import { servedKinds } from '../../kube/kinds.ts';
import { createStore } from '../../kube/memory-store.ts';
import type { PodRuntime } from '../../kube/runtime.ts';
import { createAdmission } from '../../kube/schema/admit.ts';
import type { Store } from '../../kube/store.ts';
import type { Clock } from '../../world/clock.ts';
import type { Random } from '../../world/random.ts';

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
  const kinds = servedKinds;
  const late = () => store;
  const mutators = [sidecarInjector(late, () => meshConfig), apiDefaults(late)];
  const admit = createAdmission({ kinds, mutators, rules: [istioCrdRules], webhooks: [istioWebhook] });
  const store: Store = createStore({ kinds, clock, random, admit });
  return { store, start: (runtime) => startControllers({ store, runtime, clock }) };
}
