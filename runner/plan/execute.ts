import { ProblemError } from '../../mesh/problem.ts';
import { firstWords, RunError } from './failure.ts';
import { type Findings as Found, phases, type RunContext } from './phases.ts';
import type { Phase, Plan } from './plan.ts';
import type { MeshPool } from './pool.ts';
import type { RunResult } from './result.ts';
import { runVerdict } from './run-verdict.ts';
import type { Tools } from './session.ts';

/** Runs a plan to its result; never rejects. The mesh stays with the pool, unless it is broken. */
export async function execute(plan: Plan, pool: MeshPool, tools: Tools): Promise<RunResult> {
  const started = tools.now();
  const found: Found = {
    checks: [],
    proof: { controls: [], mutants: [] },
    troubles: [],
    phases: [],
    delays: [],
    versions: {},
  };
  const context: RunContext = { plan, pool, tools, found };
  tools.tell({ type: 'run', plan });
  try {
    for (const phase of plan.phases) await runPhase(phase, context);
  } catch (error) {
    blame(error, context);
  }
  if (found.troubles.length > 0) await pool.close().catch((error: unknown) => blame(error, context));
  const result = resultOf(context, tools.now() - started);
  tools.tell({ type: 'run-end', result });
  return result;
}

async function runPhase(phase: Phase, context: RunContext): Promise<void> {
  const { tools, found } = context;
  const started = tools.now();
  tools.tell({ type: 'phase', phase });
  const end = (note: string, ok: boolean) => {
    const durationMs = tools.now() - started;
    found.phases.push({ id: phase.id, durationMs });
    tools.tell({ type: 'phase-end', phase, durationMs, note, ok });
  };
  try {
    end(await phases[phase.kind](phase, context), true);
  } catch (error) {
    end(tools.signal.aborted ? 'interrupted' : firstWords(error), false);
    throw error;
  }
}

function blame(error: unknown, { found, tools }: RunContext): void {
  if (tools.signal.aborted) found.blame = 'interrupted';
  else if (error instanceof RunError && error.blame === 'lab') found.blame = 'lab';
  found.troubles.push(tools.signal.aborted ? 'Interrupted.' : firstWords(error));
  if (error instanceof ProblemError && !tools.signal.aborted)
    found.problems = [...(found.problems ?? []), ...error.problems];
}

function resultOf({ plan, found }: RunContext, durationMs: number): RunResult {
  const { lab, title, solution, place, dataPlane, seed, prove } = plan;
  const { checks, proof, troubles, delays, versions } = found;
  const wanted = plan.phases.filter((phase) => phase.kind === 'solution').flatMap(judgedIn);
  const proved = prove !== 'off' && { proof };
  return {
    ...{ lab, title, solution, place, dataPlane, seed, versions },
    ...runVerdict({ wanted, checks, troubles, ...proved }),
    ...(found.blame && { blame: found.blame }),
    ...(found.problems && { problems: found.problems }),
    ...(found.analysis && { analysis: found.analysis }),
    checks: [...checks],
    ...proved,
    timing: { durationMs, phases: found.phases, loopDelays: worst(delays) },
  };
}

const judgedIn = (phase: Phase) => phase.steps.flatMap((step) => (step.do === 'judge' ? step.checks : []));

/** One line per process, with its worst moments. */
function worst(delays: Found['delays']): Found['delays'] {
  const byProcess = Map.groupBy(delays, ({ process }) => process);
  return [...byProcess].map(([process, all]) => ({
    process,
    p99Ms: Math.max(...all.map(({ p99Ms }) => p99Ms)),
    maxMs: Math.max(...all.map(({ maxMs }) => maxMs)),
  }));
}
