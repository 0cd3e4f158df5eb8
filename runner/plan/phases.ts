import { type Problem, ProblemError } from '../../mesh/problem.ts';
import type { AnalysisMessage } from '../check/kind.ts';
import type { LoopDelay } from '../place/place.ts';
import { analysisOfApplied } from './analysis.ts';
import { deployBase, restoreBase } from './base.ts';
import { stopAll } from './do/background.ts';
import { runStep } from './do/registry.ts';
import { firstWords, Refused, RunError } from './failure.ts';
import type { Phase, PhaseKind, Plan } from './plan.ts';
import type { MeshPool } from './pool.ts';
import { judgeControl, judgeMutant, type PhaseOutcome } from './proof.ts';
import type { CheckResult, PhaseTiming, Proof, RunResult } from './result.ts';
import type { Session, Tools } from './session.ts';

/** What a run has found out so far. */
export interface Findings {
  checks: readonly CheckResult[];
  proof: Proof;
  troubles: string[];
  problems?: readonly Problem[];
  analysis?: readonly AnalysisMessage[];
  blame?: RunResult['blame'];
  phases: PhaseTiming[];
  delays: LoopDelay[];
  versions: { [component: string]: string };
}

export interface RunContext {
  plan: Plan;
  pool: MeshPool;
  tools: Tools;
  found: Findings;
  /** There from the mesh phase on. */
  session?: Session;
}

type RunPhase = (phase: Phase, context: RunContext) => Promise<string>;

/** Opens the mesh, or takes the one that another run left warm. */
const mesh: RunPhase = async (_, context) => {
  const { plan, pool, tools, found } = context;
  const warm = await pool.acquire(plan);
  found.versions = { ...warm.mesh.versions };
  context.session = {
    ...tools,
    plan,
    warm,
    samples: new Map(),
    background: new Map(),
    before: new Map(),
    results: [],
    settled: [],
    delays: found.delays,
  };
  return warm.base ? 'kept from the run before' : 'opened';
};

const apps: RunPhase = async (_, context) => {
  const session = sessionOf(context);
  await (session.warm.base ? restoreBase(session) : deployBase(session));
  const proxies = session.settled.filter(({ proxy }) => proxy).length;
  return `${session.settled.length} pods ready, ${proxies} with a proxy`;
};

const control: RunPhase = async (phase, context) => {
  const outcome = untroubled(await attempt(phase, sessionOf(context)));
  const { proof } = context.found;
  proof.controls = judgeControl(phase, outcome);
  context.tools.tell({ type: 'controls', controls: proof.controls });
  if (outcome.error) throw outcome.error;
  return `${proof.controls.filter(({ ok }) => ok).length} of ${proof.controls.length} as they must be`;
};

const solution: RunPhase = async (phase, context) => {
  const { results, error } = await attempt(phase, sessionOf(context));
  context.found.checks = results;
  if (results.some(({ verdict }) => verdict === 'failed'))
    context.found.analysis = await analysisOfApplied(phase, sessionOf(context));
  context.tools.tell({ type: 'checks', checks: results });
  if (error) throw error;
  return `${results.filter(({ verdict }) => verdict === 'passed').length} of ${results.length} checks passed`;
};

/** What goes wrong with one mutant makes the run an error, but the others are still tried, on a mesh that was reset. */
const mutant: RunPhase = async (phase, context) => {
  const session = sessionOf(context);
  const outcome = untroubled(await attempt(phase, session));
  const result = judgeMutant(phase, outcome);
  const { found, tools } = context;
  found.proof.mutants.push(result);
  tools.tell({ type: 'mutant', mutant: result, ...(phase.because !== undefined && { because: phase.because }) });
  if (outcome.error && !(outcome.error instanceof Refused)) {
    session.warm.journal.dirty = true;
    found.troubles.push(`${phase.title}: ${firstWords(outcome.error)}`);
    if (outcome.error instanceof ProblemError) found.problems = [...(found.problems ?? []), ...outcome.error.problems];
  }
  return result.ok ? `rejected by ${result.expected}` : 'not rejected as it must be';
};

/** One entry per kind of phase; each returns what the phase came to, in a few words. */
export const phases: { [K in PhaseKind]: RunPhase } = { mesh, apps, control, solution, mutant };

function sessionOf({ session }: RunContext): Session {
  if (!session) throw new Error('a plan must begin with its mesh');
  return session;
}

/** In a proof, a failure that was seen while the place was in trouble may come from the trouble: the phase is an error. */
function untroubled(outcome: PhaseOutcome): PhaseOutcome {
  const trouble = outcome.results.find((result) => result.trouble)?.trouble;
  return trouble && !outcome.error ? { ...outcome, error: new RunError('place', { what: trouble }) } : outcome;
}

/** Runs the steps of a phase with a clean memory. Only an interruption rejects; any other end is part of the outcome. */
async function attempt(phase: Phase, session: Session): Promise<PhaseOutcome> {
  session.phase = phase;
  session.results = [];
  session.samples.clear();
  session.before.clear();
  try {
    for (const step of phase.steps) await runStep(step, session);
    await stopAll(session);
    return { results: session.results };
  } catch (error) {
    await stopAll(session).catch(() => undefined);
    session.signal.throwIfAborted();
    return { results: session.results, error };
  }
}
