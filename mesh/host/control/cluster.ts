import { istioCrdRules, istioWebhook } from '../../istiod/validate/validate.ts';
import { type Controllers, startControllers } from '../../kube/controllers/start.ts';
import { apiDefaults } from '../../kube/defaults/defaults.ts';
import { servedKinds } from '../../kube/kinds.ts';
import { createStore } from '../../kube/memory-store.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { PodRuntime } from '../../kube/runtime.ts';
import { createAdmission } from '../../kube/schema/admit.ts';
import type { Store } from '../../kube/store.ts';
import type { Clock } from '../../world/clock.ts';
import type { Random } from '../../world/random.ts';

/** A Kubernetes with Istio's webhooks, before its first pod. */
export interface Cluster {
  store: Store;
  start(runtime: PodRuntime): Controllers;
}

export function openCluster({ clock, random }: { clock: Clock; random: Random }): Cluster {
  const tmp = (object: KubeObject, previous: KubeObject | undefined): KubeObject => {
    if (object.kind !== 'Pod' || previous) return object;
    const labels = object.metadata.labels ?? {};
    if (labels['sidecar.istio.io/inject'] === 'false') return object;
    return {
      ...object,
      metadata: {
        ...object.metadata,
        labels: {
          ...labels,
          'security.istio.io/tlsMode': 'istio',
          'service.istio.io/canonical-name': labels.app ?? '',
          'service.istio.io/canonical-revision': labels.version ?? 'latest',
          'istio.io/rev': 'default',
        },
      },
      spec: {
        ...object.spec,
        initContainers: [{ name: 'istio-proxy', image: 'istio/proxyv2:1.32.0', restartPolicy: 'Always' }],
      },
    };
  };
  const kinds = servedKinds;
  const admit = createAdmission({
    kinds,
    mutators: [tmp, apiDefaults(() => store)],
    rules: [istioCrdRules],
    webhooks: [istioWebhook],
  });
  const store: Store = createStore({ kinds, clock, random, admit });
  return { store, start: (runtime) => startControllers({ store, runtime, clock }) };
}
