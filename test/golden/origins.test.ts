import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { installedMeshConfig, parseMeshConfig } from '../../mesh/istiod/mesh-config.ts';
import { buildSnapshot } from '../../mesh/istiod/snapshot/build.ts';
import type { Origin, XdsConfig } from '../../mesh/istiod/xds/types.ts';
import { xds } from '../../mesh/istiod/xds/xds.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import { proxiesNamed } from '../../runner/cli/xds-proxies.ts';
import { parsePath, valueAt } from '../../runner/lab/path.ts';
import { decisions } from '../support/decisions.ts';
import { goldenScenarios, type Scenario } from '../support/golden-scenarios.ts';

interface Answered {
  proxy: string;
  config: XdsConfig;
  objects: KubeObject[];
}

function answered({ name, files, sidecars }: Scenario): Answered[] {
  const objects = parseAllDocuments(files.get('input.yaml') ?? '').flatMap((d) => (d.toJS() as KubeObject | null) ?? []);
  const mesh = parseMeshConfig(files.get('mesh.yaml') ?? '{}', []);
  const aged = objects.map((o, i) => ({
    ...o,
    metadata: { ...o.metadata, creationTimestamp: new Date(Date.UTC(2026, 0, 1, 0, 0, i)).toISOString() },
  }));
  const snapshot = buildSnapshot(aged, installedMeshConfig(mesh, []));
  // Settings of the mesh are causes too.
  const metadata = { namespace: 'istio-system', name: 'istio' };
  const settings = { ...mesh, apiVersion: 'v1', kind: 'MeshConfig', metadata };
  return proxiesNamed({ proxies: 'proxies.yaml' }, files.get('proxies.yaml'), snapshot)
    .filter((p) => sidecars.includes(p.name))
    .map((p) => ({ proxy: `${name}/${p.name}`, config: xds(snapshot, p.proxy), objects: [...objects, settings] }));
}

const all = goldenScenarios().flatMap(answered);

/** The field that an origin names, if there is such an object and it has it. */
function resolves({ kind, namespace, name, field }: Origin, objects: readonly KubeObject[]): boolean {
  const object = objects.find(
    (o) => o.kind === kind && (o.metadata.namespace ?? '') === namespace && o.metadata.name === name,
  );
  return object !== undefined && (field === undefined || valueAt(object, parsePath(field)) !== undefined);
}

describe('origins in the measured scenarios', () => {
  it.each(all)('of $proxy lead to fields that are there', ({ config, objects }) => {
    const lost = [...config.origins].filter(([, origin]) => !resolves(origin, objects));
    expect(lost.map(([pointer, o]) => `${pointer} <- ${o.kind} ${o.namespace}/${o.name} ${o.field}`)).toEqual([]);
  });

  it.each(all)('of $proxy belong to parts that are there', ({ config }) => {
    const lost = [...config.origins.keys()].filter((p) => valueAt(config, pointerParts(p)) === undefined);
    expect(lost).toEqual([]);
  });

  it.each(all)('of $proxy are the same when one part is asked for', ({ config }) => {
    const asked = [...config.origins.keys()].map((pointer) => [pointer, config.originsWithin?.(pointer).get(pointer)]);
    expect(asked).toEqual([...config.origins]);
    const [list = ''] = [...config.origins.keys()].filter((p) => p.startsWith('/routes/0'));
    const below = [...config.origins].filter(([p]) => p === list || p.startsWith(`${list}/`));
    expect([...(config.originsWithin?.(list) ?? [])]).toEqual(list === '' ? [...config.origins] : below);
  });

  it.each(decisions)('tell who decided: $what', ({ find, by }) => {
    const found = all.flatMap(({ proxy, config }) =>
      find(config).map((pointer) => ({ at: `${proxy} ${pointer}`, kind: config.origins.get(pointer)?.kind })),
    );
    expect(found.length).toBeGreaterThan(0);
    // An EnvoyFilter may decide anything.
    expect(found.filter(({ kind }) => kind === undefined || kind !== 'EnvoyFilter' && !by.includes(kind))).toEqual([]);
  });
});

const pointerParts = (pointer: string) =>
  pointer
    .split('/')
    .slice(1)
    .map((p) => (/^\d+$/.test(p) ? Number(p) : p.replaceAll('~1', '/').replaceAll('~0', '~')));
