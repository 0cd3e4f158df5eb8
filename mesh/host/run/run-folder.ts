import { chmod, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Problem, ProblemError } from '../../problem.ts';
import { fsProblem } from '../fs-problem.ts';
import { gone, isPrivate, runBases, runPrefix, socketPathLimit } from './bases.ts';
import { endRun } from './end.ts';
import { identify, pidScope } from './identity.ts';
import { runVariable } from './marked.ts';
import { removeRecord, writeOwner, writeRecord } from './records.ts';

/** The folder of one run: sockets, configuration and logs of its processes, and who they are. */
export interface RunFolder {
  /** Absolute, short enough for sockets in it, 0700. */
  readonly path: string;
  /** Goes into the environment of every child, so that the janitor finds one that could not be recorded. */
  readonly env: { readonly [name: string]: string };
  /** The path of a socket in the folder. Throws a ProblemError when the system could not bind it. */
  socket(name: string): string;
  /** To be called right after each spawn; a process that has ended already leaves no record. */
  recordProcess(pid: number, what: string): Promise<void>;
  /** Once a process has ended. */
  forgetProcess(pid: number): Promise<void>;
  /** Ends what is left of the run and removes the folder. */
  close(): Promise<void>;
}

/** Makes a run folder owned by the calling process. Throws a ProblemError when no place for it can be written. */
export async function openRunFolder(options: { env?: NodeJS.ProcessEnv; bases?: string[] } = {}): Promise<RunFolder> {
  const path = await makeFolder(options.bases ?? (await runBases(options.env ?? process.env)));
  return {
    path,
    env: { [runVariable]: path },
    socket: (name) => socketPath(path, name),
    async recordProcess(pid, what) {
      const identity = await identify(pid);
      if (identity) await writeRecord(path, { ...identity, what });
    },
    forgetProcess: (pid) => removeRecord(path, pid),
    async close() {
      await endRun(path);
      await removeFolder(path);
    },
  };
}

async function makeFolder(bases: string[]): Promise<string> {
  const problems: Problem[] = [];
  for (const base of bases) {
    try {
      return await makeIn(base);
    } catch (error) {
      const fix = 'free some space or set TMPDIR to a short path that you can write';
      const problem = fsProblem(error, { doing: 'make the folder of the run', path: base, fix });
      if (!problem) throw error;
      problems.push(problem);
    }
  }
  const [first, ...rest] = problems;
  throw new ProblemError(first ?? { what: 'no folder for the run', fix: 'set TMPDIR to a short path' }, ...rest);
}

async function makeIn(base: string): Promise<string> {
  const path = await mkdtemp(join(base, runPrefix(process.pid)));
  try {
    await chmod(path, 0o700);
    const self = await identify(process.pid);
    if (!self || !(await isPrivate(path)))
      throw new ProblemError({ what: 'the folder of the run is not private', where: { file: path } });
    await writeOwner(path, { ...self, scope: pidScope(), createdAt: new Date().toISOString() });
    return path;
  } catch (error) {
    await rm(path, { recursive: true, force: true });
    throw error;
  }
}

function socketPath(folder: string, name: string): string {
  const path = join(folder, name);
  if (Buffer.byteLength(path) <= socketPathLimit) return path;
  throw new ProblemError({
    what: `the path of a socket has ${Buffer.byteLength(path)} bytes, the system takes ${socketPathLimit}`,
    where: { file: path },
    fix: 'set TMPDIR to a shorter path',
  });
}

/** Removes a run folder; false when somebody else has done so. Renamed first: then it cannot be mistaken for a run. */
export async function removeFolder(folder: string): Promise<boolean> {
  try {
    await rename(folder, gone(folder));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  await rm(gone(folder), { recursive: true, force: true });
  return true;
}
