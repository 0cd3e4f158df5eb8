import { apiDefaults } from '../kube/defaults/defaults.ts';
import { servedKinds } from '../kube/kinds.ts';
import { type Admit, createAdmission } from '../kube/schema/admit.ts';
import type { Store } from '../kube/store.ts';
import { sidecarInjector } from './inject/inject.ts';
import type { MeshConfig } from './mesh-config.ts';
import { istioCrdRules, istioWebhook } from './validate/validate.ts';

/**
 * The admission of a cluster with Istio: defaults, sidecar injection, schemas, CRD rules, istiod's webhook. `store` and
 * `mesh` are asked at each write, because the store is made with this, and the mesh config may change.
 */
export function istioAdmission({ store, mesh }: { store: () => Store; mesh: () => MeshConfig }): Admit {
  return createAdmission({
    kinds: servedKinds,
    // Defaults again after injection, as the API server does: the injected containers need theirs.
    mutators: [apiDefaults(store), sidecarInjector(store, mesh), apiDefaults(store)],
    rules: [istioCrdRules],
    webhooks: [istioWebhook],
  });
}
