import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabFs } from '../lab/fs.ts';

/** Folder of the catalogue below the root of the package; messages name files by it. */
export const labsFolder = 'labs';

/** The files of the package; what is not there is undefined or empty, other failures reject. */
export const labFs = (root: string): LabFs => ({
  readFile: (path) => readFile(join(root, path), 'utf8').catch(absent(undefined)),
  readDir: (path) => readdir(join(root, path)).catch(absent([])),
});

const absent =
  <T>(value: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return value;
    throw error;
  };
