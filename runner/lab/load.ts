import { type Problem, ProblemError } from '../../mesh/problem.ts';
import { checkShape } from './explain.ts';
import { join, type LabFs } from './fs.ts';
import type { App, Lab } from './lab.ts';
import { loadApp } from './load-app.ts';
import { suggestion } from './nearest.ts';
import { resolveLab } from './resolve/lab.ts';
import { type LabFile, labSchema } from './schema.ts';
import { parseYaml, type YamlDocument } from './yaml.ts';

type Apps = Map<string, Awaited<ReturnType<typeof loadApp>>>;

/** Ids of the labs below `root`: folders with a lab.yaml, in alphabetical order. */
export async function labIds(fs: LabFs, root: string): Promise<string[]> {
  const entries = (await fs.readDir(root)).filter((name) => /^[a-z0-9]/.test(name)).sort();
  const there = await Promise.all(entries.map((name) => fs.readFile(join(root, name, 'lab.yaml'))));
  return entries.filter((_, i) => there[i] !== undefined);
}

/** Every lab that can be loaded, and the problems of those that cannot. */
export async function loadCatalogue(fs: LabFs, root: string): Promise<{ labs: Lab[]; problems: Problem[] }> {
  const apps: Apps = new Map();
  const loaded: { lab?: Lab; problems: Problem[] }[] = [];
  for (const id of await labIds(fs, root)) loaded.push(await load({ fs, root, id, apps }));
  return { labs: loaded.flatMap(({ lab }) => lab ?? []), problems: loaded.flatMap(({ problems }) => problems) };
}

/** One lab. Throws a ProblemError with everything that is wrong with it, or with the nearest name of a lab that exists. */
export async function loadLab(fs: LabFs, root: string, id: string): Promise<Lab> {
  const ids = await labIds(fs, root);
  if (!ids.includes(id)) throw new ProblemError({ what: `There is no lab \`${id}\`.`, fix: suggestion(id, ids) });
  const { lab, problems } = await load({ fs, root, id, apps: new Map() });
  const [first, ...rest] = problems;
  if (first) throw new ProblemError(first, ...rest);
  if (!lab)
    throw new ProblemError({ what: `The lab \`${id}\` is empty.`, where: { file: join(root, id, 'lab.yaml') } });
  return lab;
}

/** Reads a lab.yaml: YAML, then the schema; nothing that it names is looked at. */
export function parseLab(text: string, path: string): { lab?: LabFile; document?: YamlDocument; problems: Problem[] } {
  const { documents, problems } = parseYaml(text, path);
  const [document, ...more] = documents;
  if (problems.length > 0) return { problems };
  if (!document || more.length > 0)
    return { problems: [{ what: 'A lab.yaml is one YAML document.', where: { file: path, line: 1, column: 1 } }] };
  const { value, problems: faults } = checkShape(document, labSchema);
  return { document, problems: faults, ...(value && { lab: value }) };
}

interface Loading {
  fs: LabFs;
  root: string;
  id: string;
  apps: Apps;
}

async function load({ fs, root, id, apps }: Loading): Promise<{ lab?: Lab; problems: Problem[] }> {
  const folder = join(root, id);
  const path = join(folder, 'lab.yaml');
  const { lab, document, problems } = parseLab((await fs.readFile(path)) ?? '', path);
  if (!lab || !document) return { problems };
  const known = await appsOf({ fs, root, id, apps }, lab);
  const appNames = known.missing.length > 0 ? await fs.readDir(join(root, '_apps')) : [];
  const resolved = await resolveLab({ fs, folder, file: lab, document, ...known, appNames });
  const all = [...known.problems, ...resolved.problems];
  return all.length > 0 ? { problems: all } : { lab: resolved.lab, problems: [] };
}

/** The apps of a lab; each is read once for the whole catalogue. */
async function appsOf({ fs, root, apps }: Loading, lab: LabFile) {
  const found: App[] = [];
  const problems: Problem[] = [];
  const missing: string[] = [];
  for (const name of lab.apps) {
    const loaded = apps.get(name) ?? (await loadApp(fs, root, name));
    apps.set(name, loaded);
    if (loaded.app) found.push(loaded.app);
    else if (loaded.problems.length === 0) missing.push(name);
    problems.push(...loaded.problems);
  }
  return { apps: found, problems, missing };
}
