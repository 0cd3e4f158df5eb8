import { readdirSync, readFileSync } from 'node:fs';

/** Processes (Linux) that belong to a run of mesh-labs by their environment: `pid command line`. */
export function runProcesses(within: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const run = read(`/proc/${pid}/environ`)
        .split('\0')
        .find((line) => line.startsWith('MESH_LABS_RUN='));
      return run?.slice('MESH_LABS_RUN='.length).startsWith(within)
        ? [`${pid} ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`]
        : [];
    });
}

/** Empty for a process that has ended meanwhile or belongs to somebody else. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
