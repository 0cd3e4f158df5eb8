import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { unpackGolden } from '../../mesh/host/envoy/testing/unpack.ts';
import { installedMeshConfig, type Profile, parseMeshConfig } from '../../mesh/istiod/mesh-config.ts';
import type { Proxy as MeshProxy } from '../../mesh/istiod/proxy.ts';
import { buildSnapshot } from '../../mesh/istiod/snapshot/build.ts';
import type { Snapshot } from '../../mesh/istiod/snapshot/snapshot.ts';
import type { JsonObject } from '../../mesh/json.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import type { Problem } from '../../mesh/problem.ts';
import { xdsCommand } from '../../runner/cli/commands/xds.ts';
import { proxiesNamed } from '../../runner/cli/xds-proxies.ts';
import { withKeys } from './golden-keys.ts';
import { objectsOf } from './istiod-mesh.ts';

export const goldenFolder = resolve(import.meta.dirname, '../golden/istiod');

/** What istiod was given, and what it sent. */
export interface Scenario {
  name: string;
  /** Path → text, as `mesh-labs xds` reads them. What the cluster refused (admission.json) never reached istiod and is left out. */
  files: Map<string, string>;
  /** Names in proxies.yaml; gateways are among them. */
  sidecars: string[];
  /** Names in proxies.yaml; what they get is istiod's own. */
  waypoints: string[];
  expected: Map<string, JsonObject>;
}

export const goldenScenarios = (): Scenario[] =>
  readdirSync(goldenFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => scenario(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

function scenario(name: string): Scenario {
  const folder = join(goldenFolder, name);
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  const refused = existsSync(join(folder, 'admission.json')) ? (JSON.parse(read('admission.json')) as Refusal[]) : [];
  const files = new Map([
    ['input.yaml', without(withKeys(read('input.yaml')), refused)],
    ['proxies.yaml', read('proxies.yaml')],
    ['scenario.yaml', read('scenario.yaml')],
  ]);
  if (existsSync(join(folder, 'mesh.yaml'))) files.set('mesh.yaml', read('mesh.yaml'));
  const listed = parse(read('proxies.yaml')) as { name: string; type: string }[];
  return {
    name,
    files,
    sidecars: listed.filter(isAnswered).map((p) => p.name),
    waypoints: listed.filter(isWaypoint).map((p) => p.name),
    expected: unpackGolden(read('expected.json')),
  };
}

/** Sidecars and gateways; waypoints and ztunnels need the ambient profile. */
const isAnswered = ({ type }: { type: string }): boolean => type === 'sidecar' || type === 'router';

const isWaypoint = ({ type }: { type: string }): boolean => type === 'waypoint';

/** `ambient: true` in scenario.yaml. */
const profileOf = (files: ReadonlyMap<string, string>): Profile =>
  (parse(files.get('scenario.yaml') ?? '') as { ambient?: boolean } | null)?.ambient ? 'ambient' : 'default';

interface Refusal {
  /** `Kind/namespace/name` */
  object: string;
  rejectedBy: string;
}

function without(text: string, refused: readonly Refusal[]): string {
  if (refused.length === 0) return text;
  const refusedBy = new Map(refused.map((r) => [r.object, r.rejectedBy]));
  return parseAllDocuments(text)
    .filter((document) => {
      const { apiVersion, kind, metadata } = document.toJS() as KubeObject;
      const by = refusedBy.get(`${kind}/${metadata.namespace}/${metadata.name}`);
      // There are Gateways of two groups; istiod's webhook judges its own.
      return by === undefined || (by === 'istiod webhook' && !apiVersion.includes('istio.io/'));
    })
    .map(String)
    .join('---\n');
}

/** Our answers for all proxies of a scenario by name in proxies.yaml, by the command that people use. */
export async function answersTo({
  files,
}: Scenario): Promise<{ configs: Map<string, JsonObject>; problems: Problem[] }> {
  const configs = new Map<string, JsonObject>();
  const problems: Problem[] = [];
  const meshConfig = files.has('mesh.yaml') ? 'mesh.yaml' : undefined;
  await xdsCommand(
    { file: ['input.yaml'], proxies: 'proxies.yaml', meshConfig, profile: profileOf(files), output: 'out' },
    {
      readFile: async (path) => files.get(path) ?? '',
      writeFile: async (path, text) => void configs.set(path.slice('out/'.length, -'.json'.length), JSON.parse(text)),
      out: () => {},
      problem: (problem) => problems.push(problem),
    },
  );
  return { configs, problems };
}

export const objectsIn = ({ files }: Scenario): KubeObject[] => objectsOf(files.get('input.yaml') ?? '');

/** The scenario's objects, or others in their place, as the control plane sees them, and its proxies by name in proxies.yaml. */
export function meshIn(
  scenario: Scenario,
  objects: KubeObject[] = objectsIn(scenario),
): { snapshot: Snapshot; sidecars: Map<string, MeshProxy>; waypoints: Map<string, MeshProxy> } {
  const { files } = scenario;
  const mesh = installedMeshConfig(parseMeshConfig(files.get('mesh.yaml') ?? ''), [], profileOf(files));
  const snapshot = buildSnapshot(objects, mesh);
  const proxies = proxiesNamed({ proxies: 'proxies.yaml' }, files.get('proxies.yaml'), snapshot);
  const named = (of: (proxy: MeshProxy) => boolean) =>
    new Map(proxies.flatMap((p): [string, MeshProxy][] => (of(p.proxy) ? [[p.name, p.proxy]] : [])));
  return { snapshot, sidecars: named(isAnswered), waypoints: named(isWaypoint) };
}
