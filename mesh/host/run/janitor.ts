import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../../problem.ts';
import { ProblemError } from '../../problem.ts';
import { isPrivate, runBases, runName } from './bases.ts';
import { endRun } from './end.ts';
import { identify, isAlive, pidScope } from './identity.ts';
import { type Owner, type ProcessRecord, readOwner } from './records.ts';
import { removeFolder } from './run-folder.ts';

/** A crashed run that was cleaned up. */
export interface Removed {
  folder: string;
  /** The processes that were still running and had to be ended. */
  ended: ProcessRecord[];
  /** Why something of the run is left. */
  problem?: Problem;
}

export interface JanitorOptions {
  env?: NodeJS.ProcessEnv;
  bases?: string[];
  /** Milliseconds between SIGTERM and SIGKILL. */
  graceMs?: number;
}

/**
 * Ends the processes of crashed runs of this user and removes their folders; to be called before each run.
 * A run has crashed when the process that opened it has gone. Living runs, other users' folders, symbolic links and
 * runs of other machines or containers are left alone. Any number of janitors may work at once.
 */
export async function janitor(options: JanitorOptions = {}): Promise<Removed[]> {
  const bases = options.bases ?? (await runBases(options.env ?? process.env));
  const found = await Promise.all(bases.map(runFolders));
  const removed = await Promise.all(found.flat().map((folder) => clean(folder, options.graceMs)));
  return removed.filter((r) => r !== undefined);
}

async function runFolders(base: string): Promise<string[]> {
  const names = await readdir(base).catch(() => []);
  const folders = names.filter((name) => runName.test(name)).map((name) => join(base, name));
  const ours = await Promise.all(folders.map(isPrivate));
  return folders.filter((_, i) => ours[i]);
}

async function clean(folder: string, graceMs: number | undefined): Promise<Removed | undefined> {
  if (folder.endsWith('.gone')) {
    await rm(folder, { recursive: true, force: true });
    return undefined;
  }
  if (!(await hasCrashed(folder))) return undefined;
  try {
    const ended = await endRun(folder, graceMs);
    return (await removeFolder(folder)) ? { folder, ended } : undefined;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const [problem] = error.problems;
    return { folder, ended: [], ...(problem && { problem }) };
  }
}

async function hasCrashed(folder: string): Promise<boolean> {
  const owner = await readOwner(folder);
  if (!owner) return wasNeverOpened(folder);
  const here = pidScope();
  const sameBoot = owner.scope.boot === here.boot;
  if (sameBoot && owner.scope.namespace === here.namespace) return !(await isAlive(owner));
  // Of another boot of this machine nothing can be alive; of another machine or container nothing is known.
  return !sameBoot && isSameMachine(owner);
}

const isSameMachine = (owner: Owner): boolean => owner.scope.host === pidScope().host;

/** Milliseconds after which a folder without an owner was given up by the process that its name tells. */
const openingLimit = 10_000;

async function wasNeverOpened(folder: string): Promise<boolean> {
  const pid = Number(runName.exec(folder.slice(folder.lastIndexOf('/') + 1))?.[1]);
  const stat = await lstat(folder).catch(() => undefined);
  if (!stat || (await identify(pid)) !== undefined) return false;
  return Date.now() - stat.mtimeMs > openingLimit;
}
