import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isPrivate, runBases, runName } from '../../mesh/host/run/bases.ts';
import { isAlive } from '../../mesh/host/run/identity.ts';
import { janitor, type Removed } from '../../mesh/host/run/janitor.ts';
import { readOwner } from '../../mesh/host/run/records.ts';

/** Ends what crashed runs of this user left; one line per run, for people. */
export async function tidyUp(env: NodeJS.ProcessEnv): Promise<string[]> {
  return (await janitor({ env })).map(removedLine);
}

function removedLine({ folder, ended, problem }: Removed): string {
  if (problem) return `A crashed run could not be cleaned up (${folder}): ${problem.what}`;
  const processes = ended.length === 1 ? '1 process' : `${ended.length} processes`;
  const names = ended.map(({ what, pid }) => `${what} ${pid}`).join(', ');
  return `Cleaned up after a crashed run: ${folder} removed, ${processes} ended${names ? ` (${names})` : ''}.`;
}

/** Run folders of this user: how many belong to living runs, and which are left over. */
export async function runFolders(env: NodeJS.ProcessEnv): Promise<{ living: string[]; left: string[] }> {
  const bases = await runBases(env);
  const found = await Promise.all(
    bases.map(async (base) => (await readdir(base).catch(() => [])).map((n) => [base, n])),
  );
  const result = { living: [] as string[], left: [] as string[] };
  for (const [base = '', name = ''] of found.flat()) {
    const folder = join(base, name);
    if (!runName.test(name) || !(await isPrivate(folder))) continue;
    const owner = await readOwner(folder);
    result[owner && (await isAlive(owner)) ? 'living' : 'left'].push(folder);
  }
  return result;
}

/** Bytes of all files below a folder; 0 when there is none. Symbolic links are not followed. */
export async function folderSize(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(files.map(async (file) => (await lstat(file).catch(() => undefined))?.size ?? 0));
  return sizes.reduce((sum, size) => sum + size, 0);
}
