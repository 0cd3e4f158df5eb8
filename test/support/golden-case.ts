import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { installedMeshConfig } from '../../mesh/istiod/mesh-config.ts';
import type { Proxy as MeshProxy } from '../../mesh/istiod/proxy.ts';
import { buildSnapshot } from '../../mesh/istiod/snapshot/build.ts';
import { proxyOf } from '../../mesh/istiod/snapshot/proxy-of.ts';
import type { Snapshot } from '../../mesh/istiod/snapshot/snapshot.ts';
import type { XdsConfig } from '../../mesh/istiod/xds/types.ts';
import { xds } from '../../mesh/istiod/xds/xds.ts';
import type { JsonObject } from '../../mesh/json.ts';
import { changes } from './golden-changes.ts';
import { compactYaml } from './golden-yaml.ts';
import { objectsOf } from './istiod-mesh.ts';

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
  /** The mesh before (base.yaml, the case's given.yaml) and with the case's objects. */
  before: string;
  after: string;
}

/** All folders with an in.yaml. */
export const goldenCases = (): GoldenCase[] =>
  readdirSync(oursFolder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('in.yaml'))
    .sort()
    .map((path) => readCase(join(oursFolder, path, '..')));

function readCase(folder: string): GoldenCase {
  const read = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '');
  const text = read('in.yaml');
  const comment = /^(?:#.*\n)*/.exec(text)?.[0] ?? '';
  const base = readFileSync(join(oursFolder, 'base.yaml'), 'utf8');
  const before = [base, read('given.yaml')].filter(Boolean).join('\n---\n');
  const after = `${before}\n---\n${text.slice(comment.length)}`;
  const [wrong] = parseAllDocuments(after).flatMap((document) => document.errors);
  if (wrong) throw new Error(`${folder}: ${wrong.message}`);
  return {
    name: relative(oursFolder, folder),
    folder,
    head: parse(comment.replaceAll(/^# ?/gm, '')) as CaseHead,
    before,
    after,
  };
}

/** The proxy's configuration with the case's objects, or before them. */
export function configOf({ head, before, after }: GoldenCase, when: 'before' | 'after'): XdsConfig {
  const isAboutMesh = objectsOf(before).length === objectsOf(after).length;
  const mesh = installedMeshConfig(when === 'before' && isAboutMesh ? {} : head.mesh);
  const snapshot = buildSnapshot(objectsOf(when === 'before' ? before : after), mesh);
  return xds(snapshot, proxyIn(snapshot, head));
}

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
    ['problems.yaml', compactYaml(problems)],
  ]);
}
