import { chmod, mkdir, mkdtemp, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { ProblemError } from '../../problem.ts';
import { type FailedWork, fsProblem } from '../fs-problem.ts';
import { identify } from '../run/identity.ts';
import { envoyFolder, installed, installFolder, type Receipt } from './cache.ts';
import { verifyDigest } from './digest.ts';
import type { SearchContext, SourceName } from './source.ts';
import { envoyVersion } from './version.ts';

/** A binary in the scratch folder, and what it must be. */
export interface Obtained {
  path: string;
  sha256: string;
  /** For the error: `the Envoy in …`. */
  what: string;
}

/**
 * Installs an Envoy into the cache: `obtain` gets a scratch folder beside the final one and puts a binary there, which
 * is verified and tried. Complete or not at all (fsync, then one rename), also when several installs run at once;
 * the scratch folder is always removed. Returns the binary's final path.
 * Throws a ProblemError when the cache cannot be written, or the binary is another one or does not run.
 */
export async function install(
  context: SearchContext,
  source: SourceName,
  obtain: (scratch: string) => Promise<Obtained>,
): Promise<string> {
  const parent = envoyFolder(context.env);
  try {
    await makeFolders(parent);
    await removeStale(parent);
    const scratch = await mkdtemp(join(parent, scratchPrefix(process.pid)));
    try {
      const ready = await complete(scratch, await obtain(scratch), { version: context.lock.version, source });
      return await publish(ready, context);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  } catch (error) {
    const problem = fsProblem(error, cacheWork(context.env));
    throw problem ? new ProblemError(problem) : error;
  }
}

/** Installing into a cache folder, as a file Problem tells it. */
export const cacheWork = (env: NodeJS.ProcessEnv): FailedWork => ({
  doing: 'install Envoy into the cache',
  path: envoyFolder(env),
  fix: 'set MESH_LABS_CACHE to a folder with 300 MB that you can write, or MESH_LABS_ENVOY to an Envoy',
});

/** Makes a folder out of the binary that only has to be renamed. */
async function complete(scratch: string, got: Obtained, about: { version: string; source: string }): Promise<string> {
  const { sha256 } = got;
  const folder = join(scratch, 'install');
  const path = join(folder, 'envoy');
  await mkdir(folder);
  await rename(got.path, path);
  await verifyDigest(path, sha256, got.what);
  await chmod(path, 0o755);
  await checkRuns(path);
  const { size, mtimeMs } = await stat(path);
  const receipt: Receipt = { ...about, sha256, size, mtimeMs };
  await writeFile(join(folder, 'receipt.json'), `${JSON.stringify(receipt, undefined, 2)}\n`);
  for (const file of [path, join(folder, 'receipt.json'), folder]) await sync(file);
  return folder;
}

/** A wheel for glibc on another libc, a macOS that is too old, a cache mounted noexec. */
async function checkRuns(path: string): Promise<void> {
  await envoyVersion(path).catch((error: unknown) => {
    throw new ProblemError({
      what: `the Envoy that was fetched does not run here: ${(error as Error).message}`,
      fix: 'set MESH_LABS_ENVOY to an Envoy that runs on this system, or use --on sim',
    });
  });
}

/** Without it a crash of the machine could leave a complete name with incomplete content. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function publish(ready: string, context: SearchContext): Promise<string> {
  const target = installFolder(context);
  for (;;) {
    try {
      await rename(ready, target);
      return join(target, 'envoy');
    } catch (error) {
      // rename(2): a folder that is there and not empty.
      if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
    const other = await installed(target, context);
    if ('path' in other) return other.path;
    // Damaged, or of another digest: moved into our scratch folder, which goes away.
    await rename(target, `${ready}.replaced-${Date.now()}`).catch(ignore('ENOENT'));
  }
}

/** Not `recursive`: on a read-only disk that says ENOENT. */
async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolders(dirname(path));
    await mkdir(path).catch(ignore('EEXIST'));
  }
}

/** The host is part of the name, because a home folder may be shared between machines. */
const scratchPrefix = (pid: number) => `.tmp-${hostname()}-${pid}-`;

/** Removes what an install left behind that was killed. */
async function removeStale(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = name.startsWith(`.tmp-${hostname()}-`) ? Number(name.split('-').at(-2)) : Number.NaN;
    if (Number.isInteger(pid) && pid !== process.pid && (await identify(pid)) === undefined)
      await rm(join(parent, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

const ignore = (code: string) => (error: NodeJS.ErrnoException) => {
  if (error.code !== code) throw error;
};
