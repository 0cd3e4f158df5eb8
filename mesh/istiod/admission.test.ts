import { describe, expect, it } from 'vitest';
import { deployment, StubRuntime } from '../../test/support/kube-cluster.ts';
import { startControllers } from '../kube/controllers/start.ts';
import { type Pod, podKind } from '../kube/kinds/pod.ts';
import { servedKinds } from '../kube/kinds.ts';
import { createStore } from '../kube/memory-store.ts';
import type { Store } from '../kube/store.ts';
import { seededRandom } from '../world/random.ts';
import { istioAdmission } from './admission.ts';
import { installedMeshConfig } from './mesh-config.ts';

describe('a cluster with Istio', () => {
  it('runs pods of a labelled namespace as 2/2, others as 1/1', async () => {
    const clock = { now: () => 0, sleep: () => Promise.resolve() };
    const mesh = installedMeshConfig();
    const admit = istioAdmission({ store: () => store, mesh: () => mesh });
    const store: Store = createStore({ kinds: servedKinds, clock, random: seededRandom(1), admit });
    const controllers = startControllers({ store, runtime: new StubRuntime(), clock });
    store.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop', labels: { 'istio-injection': 'enabled' } },
    });
    const web = deployment('web');
    store.create({ ...web, metadata: { ...web.metadata, namespace: 'shop' } });
    store.create(web);
    await controllers.idle();
    expect(ready(store, 'shop')).toEqual(['2/2 Running']);
    expect(ready(store, 'default')).toEqual(['1/1 Running']);
    expect(store.list(podKind, { namespace: 'shop' })[0]?.metadata.labels).toMatchObject({
      'service.istio.io/canonical-name': 'web',
    });
  });
});

/** As `kubectl get pods` counts: app containers and native sidecars. */
function ready(store: Store, namespace: string): string[] {
  return (store.list(podKind, { namespace }) as readonly Pod[]).map(({ spec, status }) => {
    const sidecars = new Set(
      (spec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').map((c) => c.name),
    );
    const statuses = [
      ...(status?.initContainerStatuses ?? []).filter((s) => sidecars.has(s.name)),
      ...(status?.containerStatuses ?? []),
    ];
    return `${statuses.filter((s) => s.ready).length}/${statuses.length} ${status?.phase}`;
  });
}
