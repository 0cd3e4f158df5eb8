import { lstat } from 'node:fs/promises';
import { tmpdir } from 'node:os';

/** sun_path holds 104 bytes on macOS and 108 on Linux, the closing NUL included (unix(4), unix(7)). */
export const socketPathLimit = 103;
/** What the folder's name and the longest socket name below it may take. */
const room = 60;

/**
 * Folders that may hold run folders, best first. XDG_RUNTIME_DIR only when it is as its specification demands (ours, 0700);
 * a long TMPDIR is passed over, because sockets below it could not be bound.
 */
export async function runBases(env: NodeJS.ProcessEnv): Promise<string[]> {
  const runtime = env.XDG_RUNTIME_DIR;
  const bases = [...(runtime && (await isPrivate(runtime)) ? [runtime] : []), tmpdir(), '/tmp'];
  return [...new Set(bases)].filter((base) => Buffer.byteLength(base) <= socketPathLimit - room);
}

/** A real folder of this user that nobody else can enter. */
export async function isPrivate(folder: string): Promise<boolean> {
  const stat = await lstat(folder).catch(() => undefined);
  return stat?.isDirectory() === true && stat.uid === process.getuid?.() && (stat.mode & 0o077) === 0;
}

/** `ml-<pid of the owner>-<random>`: the pid tells the owner even before anything is written inside. */
export const runPrefix = (pid: number): string => `ml-${pid}-`;
export const runName = /^ml-(\d+)-[A-Za-z0-9]{6}(\.gone)?$/;
/** A run folder whose processes have ended, on its way to be removed. */
export const gone = (folder: string): string => `${folder}.gone`;
