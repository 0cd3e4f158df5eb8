import { expect, it } from 'vitest';
import { service, testCluster } from '../../../test/support/kube-cluster.ts';
import { externalAddresses, serviceAt } from '../outside.ts';

const ref = (name: string) => ({ apiVersion: 'v1', kind: 'Service', namespace: 'default', name });

it('Services of type LoadBalancer have an address each, as long as they are of that type', async () => {
  const { store, controllers } = testCluster();
  for (const [name, type] of Object.entries({ a: 'LoadBalancer', b: 'ClusterIP', c: 'LoadBalancer' }))
    store.create(service(name, { type }));
  await controllers.idle();
  const addresses = () => ['a', 'b', 'c'].map((name) => externalAddresses(store.get(ref(name)) ?? service(name)));
  expect(addresses()).toEqual([['203.0.113.1'], [], ['203.0.113.2']]);
  expect(serviceAt(store, '203.0.113.2')?.metadata.name).toBe('c');
  store.patch(ref('a'), { type: 'merge', body: { spec: { type: 'ClusterIP' } } });
  store.create(service('d', { type: 'LoadBalancer' }));
  await controllers.idle();
  expect(addresses()).toEqual([[], [], ['203.0.113.2']]);
  expect(externalAddresses(store.get(ref('d')) ?? service('d'))).toEqual(['203.0.113.1']);
});
