import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { run } from '../exec.ts';

/**
 * One process for certain: a pid alone is reused. `start` is the time it was started: on Linux field 22 of
 * /proc/PID/stat (clock ticks since boot, proc_pid_stat(5)), on macOS what `ps -o lstart=` prints.
 */
export interface ProcessIdentity {
  pid: number;
  start: string;
}

/** The process that has this pid now, or undefined when there is none (a zombie has ended and counts as none). */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const start = process.platform === 'linux' ? startOnLinux(pid) : await startByPs(pid);
  return start === undefined ? undefined : { pid, start };
}

export async function isAlive({ pid, start }: ProcessIdentity): Promise<boolean> {
  return (await identify(pid))?.start === start;
}

function startOnLinux(pid: number): string | undefined {
  const stat = readOrUndefined(`/proc/${pid}/stat`);
  // The command name (field 2) stands in parentheses and may contain anything, parentheses and spaces included.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined || fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

async function startByPs(pid: number): Promise<string | undefined> {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  // ps ends with 1 when there is no such process.
  const output = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { env }).catch(() => undefined);
  const [state, start] =
    output?.stdout
      .trim()
      .match(/^(\S+)\s+(.+)$/)
      ?.slice(1) ?? [];
  return state?.startsWith('Z') ? undefined : start;
}

/**
 * Where a pid has its meaning: machine, boot and (Linux) pid namespace. Containers may share a temporary folder
 * but not pids, so that what is recorded in another namespace can be neither judged nor ended from here.
 */
export interface PidScope {
  host: string;
  /** Empty on macOS, whose start times are wall-clock times and never come again. */
  boot: string;
  namespace: string;
}

export function pidScope(): PidScope {
  return {
    host: hostname(),
    boot: readOrUndefined('/proc/sys/kernel/random/boot_id')?.trim() ?? '',
    namespace: process.platform === 'linux' ? readlinkSync('/proc/self/ns/pid') : '',
  };
}

function readOrUndefined(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // ENOENT, and ESRCH while the process is going away; nothing else can be read from here.
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
