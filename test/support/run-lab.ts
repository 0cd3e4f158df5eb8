import { servedKinds } from '../../mesh/kube/kinds.ts';
import type { Lab } from '../../runner/lab/lab.ts';
import type { Place } from '../../runner/place/place.ts';
import { jobsOf } from '../../runner/plan/choose.ts';
import type { RunEvent } from '../../runner/plan/events.ts';
import type { Prove } from '../../runner/plan/plan.ts';
import type { RunResult } from '../../runner/plan/result.ts';
import { runAll } from '../../runner/plan/run-all.ts';
import type { Tools } from '../../runner/plan/session.ts';

export interface Ran {
  results: RunResult[];
  events: RunEvent[];
}

/** Tools with a clock that stands still but for sleeps. */
export function testTools(place: Place, options: { signal?: AbortSignal; events?: RunEvent[] } = {}): Tools {
  let now = 0;
  return {
    place,
    kinds: servedKinds,
    signal: options.signal ?? new AbortController().signal,
    tell: (event) => void options.events?.push(event),
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  };
}

/** Runs labs at a place, as the command does. */
export async function runLabsAt(
  place: Place,
  labs: readonly Lab[],
  options: { prove?: Prove; signal?: AbortSignal; parallel?: number } = {},
): Promise<Ran> {
  const events: RunEvent[] = [];
  const jobs = labs.flatMap((lab) => jobsOf(lab, { seed: 1, prove: options.prove ?? 'off' }, place));
  const tools = testTools(place, { events, ...(options.signal && { signal: options.signal }) });
  const { results } = await runAll(jobs, { parallel: options.parallel ?? 1, toolsFor: () => tools });
  return { results, events };
}
