import type { Problem } from '../../../mesh/problem.ts';
import { join, type LabFs } from '../fs.ts';
import type { FieldPath, ManifestFile } from '../lab.ts';
import { parseManifest } from '../manifest.ts';
import { suggestion } from '../nearest.ts';
import type { LabFile } from '../schema.ts';
import { locate, type YamlDocument } from '../yaml.ts';

/** A file that lab.yaml names, and where it does so. */
export interface FileReference {
  name: string;
  at: FieldPath;
}

const each = (names: readonly string[] | undefined, ...at: FieldPath): FileReference[] =>
  (names ?? []).map((name, i) => ({ name, at: [...at, i] }));

const changeOf = (change: { patch?: string; without?: string; add?: string }, ...at: FieldPath): FileReference[] =>
  (['patch', 'without', 'add'] as const).flatMap((key) => {
    const name = change[key];
    return name === undefined ? [] : [{ name, at: [...at, key] }];
  });

/** Every file that the lab names. */
export function fileReferences(lab: LabFile): FileReference[] {
  return [
    ...each(lab.setup, 'setup'),
    ...(lab.steps ?? []).flatMap((step, i) => [
      ...each(step.apply, 'steps', i, 'apply'),
      ...step.actions.flatMap((a, j) => each(a.delete?.files, 'steps', i, 'actions', j, 'delete', 'files')),
    ]),
    ...lab.solutions.flatMap((solution, i) => [
      ...each(solution.apply, 'solutions', i, 'apply'),
      ...Object.entries(solution.steps ?? {}).flatMap(([id, names]) => each(names, 'solutions', i, 'steps', id)),
    ]),
    ...lab.mutants.flatMap((mutant, i) => changeOf(mutant, 'mutants', i)),
    ...lab.faults.flatMap((fault, i) => [
      ...changeOf(fault, 'faults', i),
      ...each(fault.fix.apply, 'faults', i, 'fix', 'apply'),
      ...each(fault.fix.delete, 'faults', i, 'fix', 'delete'),
    ]),
  ];
}

interface Loading {
  fs: LabFs;
  folder: string;
  document: YamlDocument;
  lab: LabFile;
}

/** Loads each named file once. */
export async function loadFiles(loading: Loading): Promise<{ files: Map<string, ManifestFile>; problems: Problem[] }> {
  const files = new Map<string, ManifestFile>();
  const problems: Problem[] = [];
  for (const { name, at } of fileReferences(loading.lab)) {
    if (files.has(name)) continue;
    const path = join(loading.folder, name);
    const text = await loading.fs.readFile(path);
    if (text === undefined) {
      problems.push(await missing(loading, { name, at }));
      continue;
    }
    const parsed = parseManifest(text, path);
    problems.push(...parsed.problems);
    files.set(name, parsed.file);
  }
  return { files, problems };
}

async function missing({ fs, folder, document }: Loading, { name, at }: FileReference): Promise<Problem> {
  const parent = name.split('/').slice(0, -1).join('/');
  const there = (await fs.readDir(join(folder, parent))).map((entry) => join(parent, entry));
  return { what: `There is no file ${name}.`, where: locate(document, at), fix: suggestion(name, there) };
}
