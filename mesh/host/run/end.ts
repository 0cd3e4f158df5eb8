import { setTimeout as sleep } from 'node:timers/promises';
import { ProblemError } from '../../problem.ts';
import { isAlive, type ProcessIdentity } from './identity.ts';
import { markedProcesses } from './marked.ts';
import { type ProcessRecord, readRecords } from './records.ts';

/** Milliseconds: from SIGTERM to SIGKILL, and from SIGKILL until a process counts as unkillable. */
const defaultGrace = 2000;
const killLimit = 5000;

/**
 * Ends all that a run has started, recorded or marked, except the calling process; returns what had to be ended.
 * Throws a ProblemError when a process survives SIGKILL.
 */
export async function endRun(folder: string, graceMs = defaultGrace): Promise<ProcessRecord[]> {
  const ended: ProcessRecord[] = [];
  // A process may have started another one meanwhile: look again until nothing is left.
  for (;;) {
    const alive = await processesOf(folder);
    if (alive.length === 0) return ended;
    await Promise.all(alive.map((process) => end(process, graceMs)));
    ended.push(...alive);
  }
}

async function processesOf(folder: string): Promise<ProcessRecord[]> {
  const marked = (await markedProcesses(folder)).map((identity) => ({ ...identity, what: 'not recorded' }));
  const all = new Map([...marked, ...(await readRecords(folder))].map((p) => [`${p.pid} ${p.start}`, p]));
  const alive = await Promise.all([...all.values()].map(async (p) => (await isAlive(p)) && p.pid !== process.pid));
  return [...all.values()].filter((_, i) => alive[i]);
}

async function end(target: ProcessRecord, graceMs: number): Promise<void> {
  signal(target, 'SIGTERM');
  if (await hasGone(target, graceMs)) return;
  signal(target, 'SIGKILL');
  if (await hasGone(target, killLimit)) return;
  throw new ProblemError({
    what: `process ${target.pid} (${target.what}) does not end`,
    fix: `end it yourself: kill -9 ${target.pid}`,
  });
}

function signal({ pid }: ProcessIdentity, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The processes are nobody's children any more: the kernel tells their end to init only, so it has to be asked for. */
async function hasGone(identity: ProcessIdentity, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (await isAlive(identity)) {
    if (performance.now() >= deadline) return false;
    await sleep(10);
  }
  return true;
}
