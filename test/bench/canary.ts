import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../runner/report/schema.ts';
import { runCli } from '../support/cli.ts';
import type { Measurement } from './bench.ts';

export interface CanaryRun {
  /** From the start of the process to its end. */
  wholeMs: number;
  report: Report;
}

/** `mesh-labs run canary` on a place, `times` times after one that fills the compile cache. */
export async function runCanary(place: 'sim' | 'local', times: number): Promise<CanaryRun[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    await once(place, folder);
    const all: CanaryRun[] = [];
    for (let i = 0; i < times; i++) all.push(await once(place, folder));
    return all;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function once(place: string, folder: string): Promise<CanaryRun> {
  const file = join(folder, 'report.json');
  const start = performance.now();
  const { code, out, err } = await runCli(['run', 'canary', '--on', place, '--json', file]);
  if (code !== 0) throw new Error(`canary on ${place} ended with ${code}:\n${out}${err}`);
  return { wholeMs: performance.now() - start, report: JSON.parse(readFileSync(file, 'utf8')) as Report };
}

/** The lab has two solutions, each with calls in the mesh and pages from the edge; the budget is for a process with one. */
export function wholeProcess(place: string, all: readonly CanaryRun[], atMost: number): Measurement[] {
  const others = ({ report }: CanaryRun) => report.runs.slice(1).reduce((sum, run) => sum + run.timing.durationMs, 0);
  return [
    {
      what: `canary on ${place}, whole process without the time of its second solution`,
      values: all.map((run) => run.wholeMs - others(run)),
      unit: 'ms',
      budget: { atMost },
    },
    { what: `canary on ${place}, whole process, both solutions`, values: all.map((run) => run.wholeMs), unit: 'ms' },
  ];
}
