import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { objectsOf } from '../../../test/support/istiod-mesh.ts';
import type { Json, JsonObject } from '../../json.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { installedMeshConfig } from '../mesh-config.ts';
import { xds } from '../xds/xds.ts';
import { buildSnapshot } from './build.ts';
import { proxyOf } from './proxy-of.ts';

const golden = join(import.meta.dirname, '../../../test/golden/istiod');
const scenarios = readdirSync(golden, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => ({ name, objects: objectsOf(readFileSync(join(golden, name, 'input.yaml'), 'utf8')) }));

/** mulberry32: a failure names its seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const wrong: readonly Json[] = [
  null,
  '',
  '*',
  '*.',
  'a b',
  -1,
  0,
  1e20,
  true,
  [],
  [null],
  {},
  { '': null },
  '99999999h',
  '//',
];

/** Replaces about one value in `odds` by nonsense; containers too, so that whole branches have a wrong shape. */
function spoil(value: Json, next: () => number, odds: number): Json {
  if (next() < 1 / odds) return wrong[Math.floor(next() * wrong.length)] ?? null;
  if (Array.isArray(value)) return value.map((item) => spoil(item, next, odds));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, v === undefined ? v : spoil(v, next, odds)]));
}

/** Kind and name stay: without them an object is not one of a store. */
const spoiled = (object: KubeObject, next: () => number): KubeObject => {
  const rest = Object.entries(object).filter(([field]) => !['apiVersion', 'kind', 'metadata'].includes(field));
  const { name, namespace, ...meta } = object.metadata;
  const metadata = { ...(spoil(meta as JsonObject, next, 25) as JsonObject), name, namespace };
  const fields = Object.fromEntries(rest.map(([field, value]) => [field, spoil(value as Json, next, 25)]));
  return { ...object, ...fields, metadata } as KubeObject;
};

describe.each(scenarios)('nonsense in the objects of $name', ({ objects }) => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is never thrown (seed %i)', (seed) => {
    const next = random(seed);
    const snapshot = buildSnapshot(
      objects.map((object) => spoiled(object, next)),
      installedMeshConfig({}),
    );
    for (const pod of snapshot.pods.byName.values()) {
      const proxy = proxyOf(pod, snapshot);
      const config = xds(snapshot, proxy);
      // What is not made yet (waypoints) says so.
      expect(proxy.type === 'waypoint' ? config.problems.length : config.clusters.length).toBeGreaterThan(0);
      expect(config.origins).toBeDefined();
    }
  });
});

it('what cannot be read becomes a problem that names the field', () => {
  const [object] = objectsOf(
    '{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: a, namespace: shop}, spec: {hosts: b, http: [{timeout: soon}]}}',
  );
  const { problems } = buildSnapshot(object ? [object] : [], installedMeshConfig({}));
  expect(problems.map((p) => p.what)).toEqual([
    'VirtualService shop/a: spec.hosts is not a list; the field is ignored',
    'VirtualService shop/a: spec.http[0].timeout is not a duration such as 10s; the field is ignored',
  ]);
});
