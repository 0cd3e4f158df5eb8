import type { Mesh } from '../place/place.ts';
import type { Job } from './choose.ts';
import { execute } from './execute.ts';
import { MeshPool, meshKey } from './pool.ts';
import type { RunResult } from './result.ts';
import type { Tools } from './session.ts';

export interface RunAllOptions {
  /** How many meshes may be open at once. */
  parallel: number;
  /** Leaves the mesh of the last run open and hands it over. */
  keep?: boolean;
  /** Tools of one lane, so that its events can be told apart. */
  toolsFor(lane: number): Tools;
}

/** Runs all jobs; results in the order of the jobs. Labs with the same apps share a mesh, one after the other. */
export async function runAll(
  jobs: readonly Job[],
  options: RunAllOptions,
): Promise<{ results: RunResult[]; kept?: Mesh }> {
  const results = new Map<Job, RunResult>();
  const lanes = lanesOf(jobs, options.parallel);
  let kept: Mesh | undefined;
  const runLane = async (lane: readonly Job[], i: number) => {
    const tools = options.toolsFor(i);
    const pool = new MeshPool(tools);
    try {
      for (const job of lane) {
        if (tools.signal.aborted) break;
        results.set(job, await runJob(job, pool, tools));
      }
    } finally {
      if (options.keep && !tools.signal.aborted) kept = pool.release();
      else await pool.close();
    }
  };
  await Promise.all(lanes.map(runLane));
  return { results: jobs.flatMap((job) => results.get(job) ?? []), ...(kept && { kept }) };
}

/** Jobs in as many lanes as may run at once; jobs that can share a mesh stand together. */
export function lanesOf(jobs: readonly Job[], parallel: number): Job[][] {
  const groups = [...Map.groupBy(jobs, (job) => ('plan' in job ? meshKey(job.plan) : '')).values()];
  const size = Math.max(1, Math.ceil(jobs.length / parallel));
  const ordered = groups.flat();
  return Array.from({ length: Math.ceil(ordered.length / size) }, (_, i) => ordered.slice(i * size, (i + 1) * size));
}

async function runJob(job: Job, pool: MeshPool, tools: Tools): Promise<RunResult> {
  if ('plan' in job) return execute(job.plan, pool, tools);
  const result = skipped(job, tools);
  tools.tell({ type: 'run-end', result });
  return result;
}

const skipped = ({ lab, skip, dataPlane }: Extract<Job, { skip: string }>, { place }: Tools): RunResult => ({
  lab: lab.id,
  title: lab.title,
  solution: '',
  place: place.name,
  dataPlane,
  seed: 0,
  verdict: 'skipped',
  reason: skip,
  versions: {},
  checks: [],
  timing: { durationMs: 0, phases: [], loopDelays: [] },
});
