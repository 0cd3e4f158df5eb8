import { describe, expect, it } from 'vitest';
import { objectsOf, shop } from '../../../test/support/istiod-mesh.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Problem } from '../../problem.ts';
import { installedMeshConfig } from '../mesh-config.ts';
import { xds } from '../xds/xds.ts';
import { buildSnapshot } from './build.ts';
import { proxyOf } from './proxy-of.ts';
import type { Snapshot } from './snapshot.ts';
import { type EndpointChange, problemsAfter, withEndpoints } from './with-endpoints.ts';

const mesh = installedMeshConfig({});
const objects = objectsOf(shop);
const find = (kind: string, name: string): KubeObject =>
  structuredClone(objects.find((o) => o.kind === kind && o.metadata.name === name)) as KubeObject;
const replaced = (changed: readonly KubeObject[]) =>
  objects.map((o) => changed.find((c) => c.kind === o.kind && c.metadata.name === o.metadata.name) ?? o);

function slice(change: (endpoints: { conditions: { ready: boolean } }[]) => unknown): KubeObject {
  const object = find('EndpointSlice', 'catalog-1');
  return { ...object, endpoints: change(object.endpoints as never) } as KubeObject;
}
const endpointsOf = (snapshot: Snapshot | undefined) => {
  const web = snapshot?.pods.byName.get('shop/web-v1');
  return snapshot && web && xds(snapshot, proxyOf(web, snapshot)).endpoints;
};
const relabelled = (): KubeObject => {
  const pod = find('Pod', 'catalog-v2');
  return { ...pod, metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, version: 'v3' } } };
};

const table: [string, Partial<EndpointChange> & { slices: KubeObject[] }][] = [
  ['an endpoint less', { slices: [slice((e) => e.slice(1))] }],
  [
    'an endpoint that is not ready',
    { slices: [slice((e) => e.map((x, i) => ({ ...x, conditions: { ready: i === 0 } })))] },
  ],
  ['a pod with other labels', { slices: [slice((e) => e)], pods: [relabelled()] }],
];

describe('withEndpoints', () => {
  const before = buildSnapshot(objects, mesh);

  it.each(table)('%s is seen as by a new snapshot', (_what, change) => {
    const next = withEndpoints(before, { namespace: 'shop', service: 'catalog', ...change });
    const anew = buildSnapshot(replaced([...change.slices, ...(change.pods ?? [])]), mesh);
    expect(endpointsOf(next)).toEqual(endpointsOf(anew));
    expect(endpointsOf(next)).not.toEqual(endpointsOf(before));
  });

  it.each<[string, Partial<EndpointChange>]>([
    ['the identities change, which clusters name', { slices: [] }],
    ['the Service is unknown', { service: 'none' }],
  ])('leaves it to buildSnapshot when %s', (_what, change) => {
    const given = { namespace: 'shop', service: 'catalog', slices: [slice((e) => e)], ...change };
    expect(withEndpoints(before, given)).toBeUndefined();
  });

  it('leaves it to buildSnapshot when a ServiceEntry may select the pod', () => {
    const entry = objectsOf(
      '{apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: e, namespace: shop}, spec: {hosts: [a.test]}}',
    );
    const snapshot = buildSnapshot([...objects, ...entry], mesh);
    const change = { namespace: 'shop', service: 'catalog', slices: [slice((e) => e)], pods: [relabelled()] };
    expect(withEndpoints(snapshot, change)).toBeUndefined();
  });
});

describe('problems of what was read again', () => {
  const of = (what: string, object?: string): Problem => ({ what, ...(object ? { where: { object } } : {}) });
  const pod = find('Pod', 'web-v1');

  it.each<[string, Problem[], KubeObject[], Problem[], string[]]>([
    ['nothing was read', [of('old', 'Pod shop/web-v1')], [], [], ['old']],
    ['an object that is well now', [of('old', 'Pod shop/web-v1')], [pod], [], []],
    ['an object with another problem', [of('old', 'Pod shop/web-v1')], [pod], [of('new', 'Pod shop/web-v1')], ['new']],
    [
      'problems of others stay',
      [of('a', 'Pod shop/web-v2'), of('b', 'Service shop/web-v1'), of('c')],
      [pod],
      [],
      ['a', 'b', 'c'],
    ],
    [
      'the same problem again is told once',
      [of('same', 'Pod shop/web-v1')],
      [pod],
      [of('same', 'Pod shop/web-v1')],
      ['same'],
    ],
  ])('%s', (_name, before, read, found, want) => {
    expect(problemsAfter(before, read, found).map(({ what }) => what)).toEqual(want);
  });
});
