import { readdirSync, readFileSync, statSync } from 'node:fs';
import { identify, type ProcessIdentity } from './identity.ts';

/** Every child of a run carries the run folder in this variable, so that it is found even if nobody could record it. */
export const runVariable = 'MESH_LABS_RUN';

/**
 * Processes of this user that were started with the marker of one run. Linux only: elsewhere an environment
 * cannot be read reliably, and the records are all there is.
 */
export async function markedProcesses(folder: string): Promise<ProcessIdentity[]> {
  if (process.platform !== 'linux') return [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const marked = pids.map(Number).filter((pid) => pid > 1 && pid !== process.pid && hasMarker(pid, folder));
  const found = await Promise.all(marked.map(identify));
  return found.filter((identity) => identity !== undefined);
}

function hasMarker(pid: number, folder: string): boolean {
  try {
    if (statSync(`/proc/${pid}`).uid !== process.getuid?.()) return false;
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${runVariable}=${folder}`);
  } catch {
    // Gone meanwhile, or not ours to read: then it is not of this run either.
    return false;
  }
}
