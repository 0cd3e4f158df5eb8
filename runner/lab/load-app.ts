import type { Problem } from '../../mesh/problem.ts';
import { checkShape } from './explain.ts';
import { join, type LabFs } from './fs.ts';
import type { App, ManifestFile } from './lab.ts';
import { parseManifest } from './manifest.ts';
import { suggestion } from './nearest.ts';
import { type AppFile, appSchema } from './schema/app.ts';
import { locate, parseYaml, type YamlDocument } from './yaml.ts';

/** Loads labs/_apps/NAME. Absent: no app of that name, and no problem. */
export async function loadApp(fs: LabFs, root: string, name: string): Promise<{ app?: App; problems: Problem[] }> {
  const folder = join(root, '_apps', name);
  const path = join(folder, 'app.yaml');
  const text = await fs.readFile(path);
  if (text === undefined) return { problems: [] };
  const { documents, problems } = parseYaml(text, path);
  const [document] = documents;
  if (!document)
    return { problems: problems.length > 0 ? problems : [{ what: 'The file is empty.', where: { file: path } }] };
  const { value, problems: faults } = checkShape<AppFile>(document, appSchema);
  if (!value) return { problems: faults };
  const files = await Promise.all(value.manifests.map((file, i) => manifest(fs, { folder, file, document, i })));
  const named: Problem[] =
    value.name === name
      ? []
      : [{ what: `The name is ${value.name}, the folder ${name}.`, where: locate(document, ['name']) }];
  return {
    app: { ...value, manifests: files.flatMap(({ file }) => file ?? []) },
    problems: [...named, ...files.flatMap((file) => file.problems)],
  };
}

interface Named {
  folder: string;
  file: string;
  document: YamlDocument;
  i: number;
}

async function manifest(fs: LabFs, named: Named): Promise<{ file?: ManifestFile; problems: Problem[] }> {
  const path = join(named.folder, named.file);
  const text = await fs.readFile(path);
  if (text !== undefined) return parseManifest(text, path);
  const fix = suggestion(named.file, await fs.readDir(named.folder));
  return {
    problems: [{ what: `There is no file ${named.file}.`, where: locate(named.document, ['manifests', named.i]), fix }],
  };
}
