import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { installedMeshConfig } from '../../mesh/istiod/mesh-config.ts';
import { buildSnapshot } from '../../mesh/istiod/snapshot/build.ts';
import { proxyOf } from '../../mesh/istiod/snapshot/proxy-of.ts';
import type { Snapshot } from '../../mesh/istiod/snapshot/snapshot.ts';
import { istioFindings } from '../../mesh/istiod/validate/validate.ts';
import { xds } from '../../mesh/istiod/xds/xds.ts';
import { servedKinds } from '../../mesh/kube/kinds.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import { validateObject } from '../../mesh/kube/schema/problems.ts';
import { someObjects, unrelatedObjects } from '../support/fuzz-objects.ts';
import { baseObjects as base } from '../support/golden-case.ts';

const mesh = installedMeshConfig();
/** One seed, so that every run says the same; other seeds belong to longer runs. */
const runs = { seed: 20260101, numRuns: 100 };
const snapshotOf = (objects: readonly KubeObject[]) => buildSnapshot([...base, ...objects], mesh);

/** What a sidecar gets, as bytes. */
function bytes(snapshot: Snapshot, pod: string): string {
  const found = snapshot.pods.byName.get(pod);
  if (!found) throw new Error(`no pod ${pod}`);
  const { listeners, routes, clusters, endpoints, secrets, extensionConfigs } = xds(snapshot, proxyOf(found, snapshot));
  return JSON.stringify({ listeners, routes, clusters, endpoints, secrets, extensionConfigs });
}
const pods = ['shop/web-v1', 'shop/catalog-v1', 'bank/ledger-v1'];
const all = (snapshot: Snapshot) => pods.map((pod) => bytes(snapshot, pod));

/** Two orders of the same objects. */
const twoOrders: Arbitrary<[KubeObject[], KubeObject[]]> = someObjects().chain((objects) =>
  fc.tuple(
    fc.constant(objects),
    fc.shuffledSubarray(objects, { minLength: objects.length, maxLength: objects.length }),
  ),
);

describe('random objects that a cluster takes', () => {
  it('are what admission takes', () => {
    const problems = (object: KubeObject) => [
      ...validateObject(object, servedKinds).map((p) => p.what),
      ...istioFindings(object).flatMap((f) => (f.warning ? [] : f.message)),
    ];
    fc.assert(
      fc.property(someObjects(), (objects) => {
        expect(objects.flatMap(problems)).toEqual([]);
      }),
      runs,
    );
  });

  it('are configured without a throw, with a listener for both directions', () => {
    fc.assert(
      fc.property(someObjects(), (objects) => {
        for (const config of all(snapshotOf(objects))) expect(config).toMatch(/"virtualInbound".*"virtualOutbound"/);
      }),
      runs,
    );
  });

  it('give the same whatever the order in which they were applied: age and name decide', () => {
    fc.assert(
      fc.property(twoOrders, ([one, other]) => {
        expect(all(snapshotOf(other))).toEqual(all(snapshotOf(one)));
      }),
      runs,
    );
  });

  it('of another namespace, not exported, change no proxy here', () => {
    fc.assert(
      fc.property(someObjects(4), unrelatedObjects, (objects, unrelated) => {
        expect(all(snapshotOf([...unrelated, ...objects]))).toEqual(all(snapshotOf(objects)));
      }),
      runs,
    );
  });

  it('are read, never changed; the same is answered again, whoever was asked for between', () => {
    fc.assert(
      fc.property(someObjects(), (objects) => {
        const snapshot = buildSnapshot(frozen([...base, ...objects]), mesh);
        const first = all(snapshot);
        expect([...pods].reverse().map((pod) => bytes(snapshot, pod))).toEqual([...first].reverse());
        expect(all(snapshotOf(objects))).toEqual(first);
      }),
      runs,
    );
  });
});

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const item of Object.values(value)) frozen(item);
  return Object.freeze(value);
}
