import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabFs } from '../../runner/lab/fs.ts';
import type { Lab } from '../../runner/lab/lab.ts';
import { loadCatalogue } from '../../runner/lab/load.ts';

const absent =
  <T>(value: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return value;
    throw error;
  };

const filesOf = (root: string): LabFs => ({
  readFile: (path) => readFile(join(root, path), 'utf8').catch(absent(undefined)),
  readDir: (path) => readdir(join(root, path)).catch(absent([])),
});

/** The catalogue. Throws with the first thing that is wrong in it: a page must not be built from half a lab. */
export async function labs(root = process.cwd()): Promise<Lab[]> {
  const { labs: found, problems } = await loadCatalogue(filesOf(root), 'labs');
  const [first] = problems;
  if (first) throw new Error(`${first.where?.file}:${first.where?.line}: ${first.what}`);
  return found;
}
