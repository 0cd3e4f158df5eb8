import { expect, it } from 'vitest';
import { appObjects } from '../../test/support/apps.ts';
import { testCluster } from '../../test/support/kube-cluster.ts';
import { FirstState } from './first-state.ts';
import { servedKinds } from './kinds.ts';

const { signal } = new AbortController();

it('removes all that came later, also in namespaces of its own, and gives labels back', async () => {
  const { store, controllers } = testCluster();
  await controllers.idle();
  const names = () =>
    servedKinds
      .all()
      .flatMap(({ apiVersion, kind }) => store.list({ apiVersion, kind }).map((o) => `${kind} ${o.metadata.name}`));
  const before = names().toSorted();
  const namespace = { apiVersion: 'v1', kind: 'Namespace', name: 'default' };
  const labels = store.get(namespace)?.metadata.labels;
  const first = new FirstState(store);
  store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  store.patch(namespace, { type: 'merge', body: { metadata: { labels: { 'istio-injection': 'enabled' } } } });
  for (const object of appObjects('customers')) store.apply(object, { fieldManager: 'test' });
  store.apply(
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'shop' } },
    { fieldManager: 'test' },
  );
  await controllers.idle();
  expect(names().length).toBeGreaterThan(before.length + 8);
  await first.restore(signal);
  await controllers.idle();
  expect(names().toSorted()).toEqual(before);
  expect(store.get(namespace)?.metadata.labels).toEqual(labels);
});
