import { resolve } from 'node:path';
import { labFs, labsFolder } from '../../runner/cli/lab-fs.ts';
import type { Lab } from '../../runner/lab/lab.ts';
import { labIds, loadLab } from '../../runner/lab/load.ts';

export const repository = resolve(import.meta.dirname, '..', '..');

/** A root with a small catalogue of its own, for places that are made up: what they imitate must not move with the labs. */
export const testCatalogue = resolve(repository, 'test/catalogue');

export const catalogueLab = (id: string): Promise<Lab> => loadLab(labFs(testCatalogue), labsFolder, id);

export const catalogueLabIds = (): Promise<string[]> => labIds(labFs(testCatalogue), labsFolder);

/** A lab of this repository. */
export const repositoryLab = (id: string): Promise<Lab> => loadLab(labFs(repository), labsFolder, id);

export const repositoryLabIds = (): Promise<string[]> => labIds(labFs(repository), labsFolder);

/** A lab from a lab.yaml written in a test, with further files by their path in its folder. */
export function writtenLab(text: string, files: { [path: string]: string } = {}): Promise<Lab> {
  const id = /^id: (\S+)$/m.exec(text)?.[1] ?? 'lab';
  const disk = labFs(repository);
  const own = new Map(Object.entries({ ...files, 'lab.yaml': text }).map(([path, t]) => [`labs/${id}/${path}`, t]));
  return loadLab(
    {
      readFile: async (path) => own.get(path) ?? disk.readFile(path),
      readDir: async (path) => (path === 'labs' ? [id] : disk.readDir(path)),
    },
    labsFolder,
    id,
  );
}
