import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../mesh/host/binary/cache.ts';
import { fsProblem } from '../../mesh/host/fs-problem.ts';
import { CommandError, exitCodes } from '../fail.ts';
import { bytes } from '../report/bytes.ts';
import type { Deps } from './deps.ts';
import { folderSize } from './leftovers.ts';

/** What we put into the cache folder. Nothing else in it is removed: MESH_LABS_CACHE may name a folder with other things. */
const ours = ['compile', 'envoy'];

/** Removes what we cached; says what went. Throws a CommandError (3) when the system refuses. */
export async function removeCache(env: Deps['env']): Promise<string> {
  const folder = cacheFolder(env);
  const parts = ours.map((name) => join(folder, name));
  const size = (await Promise.all(parts.map(folderSize))).reduce((sum, part) => sum + part, 0);
  if (size === 0) return `Nothing is cached (${folder}).`;
  try {
    for (const part of parts) await rm(part, { recursive: true, force: true });
    await rmdir(folder).catch(notEmpty);
    return `Cache removed: ${folder} (${bytes(size)}).`;
  } catch (error) {
    const work = { doing: 'remove the cache', path: folder, fix: 'remove the folder by hand' };
    const problem = fsProblem(error, work);
    throw problem ? new CommandError(exitCodes.unavailable, problem) : error;
  }
}

/** Somebody else's files are in it; they stay. */
const notEmpty = (error: NodeJS.ErrnoException) => {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
};
