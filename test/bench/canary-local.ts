import type { Bench, Measurement } from './bench.ts';
import { type CanaryRun, runCanary, wholeProcess } from './canary.ts';

/** `run canary --on local`, from the start of the process to its end, with the phases of its first solution. */
export const canaryLocal: Bench = {
  name: 'canary-local',
  async run() {
    const all = await runCanary('local', 5);
    return [...wholeProcess('local', all, 5000), ...phases(all)];
  },
};

function phases(all: readonly CanaryRun[]): Measurement[] {
  const timings = all.flatMap(({ report }) => report.runs.slice(0, 1).map((run) => run.timing));
  const ids = [...new Set(timings.flatMap((t) => t.phases.map((p) => p.id)))];
  const processes = [...new Set(timings.flatMap((t) => t.loopDelays.map((d) => d.process)))];
  return [
    ...ids.map((id): Measurement => {
      const values = timings.flatMap((t) => t.phases.filter((p) => p.id === id).map((p) => p.durationMs));
      return { what: `  phase ${id}`, values, unit: 'ms' };
    }),
    ...processes.map((process): Measurement => {
      const values = timings.flatMap((t) => t.loopDelays.filter((d) => d.process === process).map((d) => d.p99Ms));
      return { what: `  event-loop delay of ${process}, p99`, values, unit: 'ms' };
    }),
  ];
}
