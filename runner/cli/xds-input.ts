import { installedMeshConfig, type Profile } from '../../mesh/istiod/mesh-config.ts';
import { buildSnapshot } from '../../mesh/istiod/snapshot/build.ts';
import type { Snapshot } from '../../mesh/istiod/snapshot/snapshot.ts';
import { servedKinds } from '../../mesh/kube/kinds.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import type { Problem } from '../../mesh/problem.ts';
import { CommandError, exitCodes } from '../fail.ts';
import type { SourceObject } from '../lab/lab.ts';
import { parseManifest } from '../lab/manifest.ts';
import { Sources } from '../lab/sources.ts';
import { admissionProblems } from '../plan/admission-problems.ts';
import { type MeshSettings, settingsOfConfigMap, settingsOfFile } from './mesh-settings.ts';
import type { XdsIo } from './xds-world.ts';

export interface XdsInput {
  objects: readonly KubeObject[];
  snapshot: Snapshot;
  sources: Sources;
  /** What the cluster would refuse; empty unless that was to be left out. */
  refused: readonly Problem[];
}

export interface InputOptions {
  file: readonly string[];
  meshConfig?: string | undefined;
  profile?: Profile;
  /** As `kubectl apply` of a whole folder: what the cluster refuses is told and left out, the others count. Otherwise it is thrown. */
  leaveOutRefused?: boolean;
}

/**
 * The objects of files, folders (their .yaml, .yml and .json) and `-`, as a cluster would hold them. Throws a CommandError (2)
 * with everything that the cluster would refuse; what is only odd is told as a warning.
 */
export async function loadInput(
  { file: files, meshConfig, profile, leaveOutRefused }: InputOptions,
  io: XdsIo,
): Promise<XdsInput> {
  const read = await Promise.all((await expand(files, io)).map((file) => readManifest(file, io)));
  const given = read.flatMap(({ objects }) => objects).map(defaultNamespace);
  const unreadable = read.flatMap(({ problems }) => problems);
  const { known: all, refused } = admitted(given, io);
  const [first, ...more] = leaveOutRefused ? unreadable : [...unreadable, ...[...refused.values()].flat()];
  if (first) throw new CommandError(exitCodes.usage, first, ...more);
  const known = all.filter((source) => !refused.has(source));
  const texts = new Map(read.map(({ path, text }) => [path, text]));
  const settings =
    meshConfig === undefined
      ? settingsOfConfigMap(known, (file) => texts.get(file))
      : settingsOfFile(await io.readFile(meshConfig), meshConfig);
  const problems = [...(settings?.problems ?? [])];
  const mesh = installedMeshConfig(settings?.overrides, problems, profile);
  const sources = new Sources([...known, ...meshSource(settings, mesh.rootNamespace)]);
  const objects = known.map(({ object }, position) => aged(object, position));
  const snapshot = buildSnapshot(objects, mesh);
  for (const problem of problems) io.problem({ where: settings?.where, ...problem });
  for (const problem of snapshot.problems) io.problem(sources.placed(problem));
  const leftOut = [...refused.values()].flat();
  for (const { what, ...rest } of leftOut) io.problem({ ...rest, what: `${what}; the object is left out` });
  return { objects, snapshot, sources, refused: leftOut };
}

/** Fields of the mesh config, as origins name them. */
function meshSource(settings: MeshSettings | undefined, namespace: string): SourceObject[] {
  if (!settings?.source) return [];
  const object = { apiVersion: 'mesh.istio.io/v1alpha1', kind: 'MeshConfig', metadata: { namespace, name: 'istio' } };
  return [{ object, ...settings.source }];
}

async function expand(files: readonly string[], io: XdsIo): Promise<{ path: string; ofFolder: boolean }[]> {
  const lists = await Promise.all(
    files.map(async (path) => {
      const inside = path === '-' ? undefined : await io.readDir?.(path);
      return (
        inside?.map((name) => ({ path: `${path.replace(/\/+$/, '')}/${name}`, ofFolder: true })) ?? [
          { path, ofFolder: false },
        ]
      );
    }),
  );
  const empty = files.find((_, i) => lists[i]?.length === 0);
  if (empty !== undefined)
    throw new CommandError(exitCodes.usage, {
      what: `there is no manifest in ${empty}`,
      fix: 'name a folder that has .yaml, .yml or .json files itself; folders in it are not read',
    });
  return lists.flat();
}

async function readManifest(
  { path, ofFolder }: { path: string; ofFolder: boolean },
  io: XdsIo,
): Promise<{ path: string; text: string; objects: readonly SourceObject[]; problems: Problem[] }> {
  const text = path === '-' && io.readStdin ? await io.readStdin() : await io.readFile(path);
  const name = path === '-' ? 'stdin' : path;
  const { file, problems } = parseManifest(text, name);
  // A file of comments is nothing wrong in a folder.
  const blank = ofFolder && file.objects.length === 0 && problems.every((p) => p.where?.line === undefined);
  return { path: name, text, objects: file.objects, problems: blank ? [] : problems };
}

function defaultNamespace(source: SourceObject): SourceObject {
  const { object } = source;
  if (object.metadata.namespace || !servedKinds.find(object)?.namespaced) return source;
  return { ...source, object: { ...object, metadata: { ...object.metadata, namespace: 'default' } } };
}

/**
 * Objects of kinds that are neither known nor like a known one are of no matter to istiod. What comes out of a cluster (it
 * has a uid) was admitted there, so that our objections are doubts only.
 */
function admitted(
  given: readonly SourceObject[],
  io: XdsIo,
): { known: SourceObject[]; refused: Map<SourceObject, Problem[]> } {
  const known: SourceObject[] = [];
  const refused = new Map<SourceObject, Problem[]>();
  for (const source of given) {
    const problems = admissionProblems(source);
    const foreign = !servedKinds.find(source.object) && problems.every((p) => p.fix === undefined);
    if (foreign) {
      for (const { what, where } of problems) io.problem({ what: `${what}; the object is left out`, where });
      continue;
    }
    known.push(source);
    if (problems.length > 0 && source.object.metadata.uid === undefined) refused.set(source, problems);
    else for (const problem of problems) io.problem(problem);
  }
  return { known, refused };
}

/** Age decides many conflicts, and manifests have none: one second for each document. */
function aged(object: KubeObject, position: number): KubeObject {
  const creationTimestamp =
    object.metadata.creationTimestamp ?? new Date(Date.UTC(2026, 0, 1) + position * 1000).toISOString();
  // istiod names it in the configuration of extensions; a store counts up from somewhere.
  const resourceVersion = object.metadata.resourceVersion ?? String(1000 + position);
  return { ...object, metadata: { ...object.metadata, creationTimestamp, resourceVersion } };
}
