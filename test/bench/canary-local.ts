import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../runner/report/schema.ts';
import { runCli } from '../support/cli.ts';
import type { Bench, Measurement } from './bench.ts';

const runs = 5;

/** `run canary --on local`, from the start of the process to its end, with the phases it consists of. */
export const canaryLocal: Bench = {
  name: 'canary-local',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'));
    try {
      await once(folder);
      const all: { wholeMs: number; report: Report }[] = [];
      for (let i = 0; i < runs; i++) all.push(await once(folder));
      return measurements(all);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function once(folder: string): Promise<{ wholeMs: number; report: Report }> {
  const file = join(folder, 'report.json');
  const start = performance.now();
  const { code, out, err } = await runCli(['run', 'canary', '--on', 'local', '--json', file]);
  if (code !== 0) throw new Error(`canary ended with ${code}:\n${out}${err}`);
  return { wholeMs: performance.now() - start, report: JSON.parse(readFileSync(file, 'utf8')) as Report };
}

function measurements(all: { wholeMs: number; report: Report }[]): Measurement[] {
  const timings = all.flatMap(({ report }) => report.runs.map((run) => run.timing));
  const phases = [...new Set(timings.flatMap((t) => t.phases.map((p) => p.id)))];
  const processes = [...new Set(timings.flatMap((t) => t.loopDelays.map((d) => d.process)))];
  return [
    { what: 'canary on local, whole process', values: all.map((a) => a.wholeMs), unit: 'ms', budget: { atMost: 5000 } },
    ...phases.map((id): Measurement => {
      const values = timings.flatMap((t) => t.phases.filter((p) => p.id === id).map((p) => p.durationMs));
      return { what: `  phase ${id}`, values, unit: 'ms' };
    }),
    ...processes.map((process): Measurement => {
      const values = timings.flatMap((t) => t.loopDelays.filter((d) => d.process === process).map((d) => d.p99Ms));
      return { what: `  event-loop delay of ${process}, p99`, values, unit: 'ms' };
    }),
  ];
}
