import { resolve, sep } from 'node:path';

/** Whether an absolute path lies below a folder, whatever `..` it has. Symbolic links are not followed: the folders are ours. */
export const isBelow = (folder: string, path: string): boolean =>
  path.startsWith('/') && resolve(path).startsWith(resolve(folder) + sep);
