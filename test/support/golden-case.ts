import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { installedMeshConfig } from '../../mesh/istiod/mesh-config.ts';
import type { Proxy as MeshProxy } from '../../mesh/istiod/proxy.ts';
import { buildSnapshot } from '../../mesh/istiod/snapshot/build.ts';
import { proxyOf } from '../../mesh/istiod/snapshot/proxy-of.ts';
import type { Snapshot } from '../../mesh/istiod/snapshot/snapshot.ts';
import { gatewayStatuses } from '../../mesh/istiod/status/statuses.ts';
import type { XdsConfig } from '../../mesh/istiod/xds/types.ts';
import { xds } from '../../mesh/istiod/xds/xds.ts';
import type { Json, JsonObject } from '../../mesh/json.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import { changes } from './golden-changes.ts';
import { withKeys } from './golden-keys.ts';
import { compactYaml } from './golden-yaml.ts';

export const oursFolder = resolve(import.meta.dirname, '../golden/ours');

/** The comment at the head of in.yaml, as YAML. */
export interface CaseHead {
  /** The rule that the case shows, in words. */
  rule: string;
  /** Where Istio has the rule: file, function or test. */
  source: string;
  /** POD.NAMESPACE whose configuration is shown. */
  proxy?: string;
  /** Mesh config. A case without objects is about it, all others only stand in it. */
  mesh?: JsonObject;
}

export interface GoldenCase {
  name: string;
  folder: string;
  head: CaseHead;
  /** The mesh before (base.yaml, given.yaml of the area and of the case), and the case's objects in it. */
  before: KubeObject[];
  objects: KubeObject[];
}

/** All folders with an in.yaml. */
export const goldenCases = (): GoldenCase[] =>
  readdirSync(oursFolder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('in.yaml'))
    .sort()
    .map((path) => readCase(join(oursFolder, path, '..')));

export const baseObjects: readonly KubeObject[] = aged(join(oursFolder, 'base.yaml'), 0);

function readCase(folder: string): GoldenCase {
  const shared = aged(join(folder, '../given.yaml'), baseObjects.length);
  const given = aged(join(folder, 'given.yaml'), baseObjects.length + shared.length);
  const before = [...baseObjects, ...shared, ...given];
  const comment = /^(?:#.*\n)*/.exec(readFileSync(join(folder, 'in.yaml'), 'utf8'))?.[0] ?? '';
  return {
    name: relative(oursFolder, folder),
    folder,
    head: parse(comment.replaceAll(/^# ?/gm, '')) as CaseHead,
    before,
    objects: aged(join(folder, 'in.yaml'), before.length),
  };
}

/** Objects of a file that may be absent; one second of age for each document, the first the oldest. */
function aged(file: string, from: number): KubeObject[] {
  const documents = existsSync(file) ? parseAllDocuments(withKeys(readFileSync(file, 'utf8'))) : [];
  const [wrong] = documents.flatMap((document) => document.errors);
  if (wrong) throw new Error(`${file}: ${wrong.message}`);
  return documents
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null)
    .map((object, i) => {
      const creationTimestamp = new Date(Date.UTC(2026, 0, 1, 0, 0, from + i)).toISOString();
      return { ...object, metadata: { ...object.metadata, creationTimestamp } };
    });
}

/** The proxy's configuration with the case's objects, or before them. */
export function configOf(of: GoldenCase, when: 'before' | 'after'): XdsConfig {
  const snapshot = snapshotOf(of, when);
  return xds(snapshot, proxyIn(snapshot, of.head));
}

function snapshotOf({ head, before, objects }: GoldenCase, when: 'before' | 'after'): Snapshot {
  const mesh = installedMeshConfig(when === 'before' && objects.length === 0 ? {} : head.mesh);
  return buildSnapshot(when === 'before' ? before : [...before, ...objects], mesh);
}

/** What istiod writes into statuses because of the case, without times. */
function statusesOf(of: GoldenCase): Json[] {
  const written = (when: 'before' | 'after'): JsonObject[] =>
    gatewayStatuses(snapshotOf(of, when), { time: '' }).map(({ kind, namespace, name, status }) => ({
      name: `${kind} ${namespace}/${name}`,
      ...withoutTimes(status),
    }));
  return changes(written('before'), written('after'));
}

const withoutTimes = (status: JsonObject): JsonObject =>
  JSON.parse(
    JSON.stringify(status, (field, value) =>
      field === 'lastTransitionTime' || field === 'observedGeneration' ? undefined : value,
    ),
  ) as JsonObject;

export function proxyIn(snapshot: Snapshot, { proxy = 'web-v1.shop' }: CaseHead): MeshProxy {
  const [name = '', namespace = ''] = proxy.split('.');
  const pod = snapshot.pods.byName.get(`${namespace}/${name}`);
  if (!pod) throw new Error(`there is no pod ${name} in namespace ${namespace}`);
  return proxyOf(pod, snapshot);
}

const shown = ['listeners', 'routes', 'clusters', 'endpoints'] as const;

/** File name → text of what the case's objects change; nothing changed is "". */
export function expectations(of: GoldenCase): Map<string, string> {
  const [before, after] = [configOf(of, 'before'), configOf(of, 'after')];
  const known = new Set(before.problems.map((p) => p.what));
  const problems = after.problems.filter((p) => !known.has(p.what)).map(({ what, fix }) => ({ what, fix }));
  return new Map([
    ...shown.map((type): [string, string] => [`${type}.yaml`, compactYaml(changes(before[type], after[type]))]),
    ['status.yaml', compactYaml(statusesOf(of))],
    ['problems.yaml', compactYaml(problems)],
  ]);
}
