import { servedKinds } from '../../mesh/kube/kinds.ts';
import { ProblemError } from '../../mesh/problem.ts';
import { explainOn, type OnMesh } from '../explain/on-mesh.ts';
import { CommandError, exitCodes } from '../fail.ts';
import type { Lab } from '../lab/lab.ts';
import { Sources } from '../lab/sources.ts';
import type { Place } from '../place/place.ts';
import { jobsOf } from '../plan/choose.ts';
import { placed } from '../plan/do/apply.ts';
import { runStep } from '../plan/do/registry.ts';
import type { Plan, PlanStep } from '../plan/plan.ts';
import { MeshPool } from '../plan/pool.ts';
import type { Tools } from '../plan/session.ts';
import { chooseLabs } from './catalogue.ts';
import type { Deps } from './deps.ts';
import { choosePlace, parseOn } from './places.ts';

export interface LabQuestion {
  lab: string;
  on: string;
  from: string;
  request: { url: string; method: string; headers: { [name: string]: string }; body?: string };
  seed: number;
}

/** Opens the lab's mesh with its first solution at a place, sends one request through it, and closes it. Throws CommandErrors (2, 3). */
export async function explainLab(question: LabQuestion, deps: Deps): Promise<OnMesh> {
  const labs = await chooseLabs(deps.root, [question.lab]);
  const [lab] = labs;
  if (!lab || labs.length > 1)
    throw new CommandError(exitCodes.usage, {
      what: `\`--lab ${question.lab}\` names no single lab.`,
      fix: 'Name one.',
    });
  const { place } = await choosePlace(parseOn(question.on), deps, { mayLack: false, yes: false });
  const plan = planOf(lab, place, question.seed);
  const { signal, now, sleep } = deps;
  const tools: Tools = { place, kinds: servedKinds, signal, now, sleep, tell: () => undefined };
  const pool = new MeshPool(tools);
  try {
    const steps = plan.phases.filter(({ kind }) => kind === 'apps' || kind === 'solution').flatMap((p) => p.steps);
    const mesh = await prepared(plan, steps.filter(isPreparing), { tools, pool });
    const files = steps.flatMap((step) => (step.do === 'apply' ? step.files : []));
    const sources = new Sources(
      files.flatMap(({ objects }) => objects.map((s) => ({ ...s, object: placed(s.object, servedKinds) }))),
    );
    return await explainOn({ ...question, mesh, kinds: servedKinds, locate: (o) => sources.locate(o), signal });
  } catch (error) {
    if (!(error instanceof ProblemError) || error instanceof CommandError) throw error;
    const [first = { what: error.message }, ...rest] = error.problems;
    throw new CommandError(exitCodes.usage, first, ...rest);
  } finally {
    await pool.close();
  }
}

/** What makes the state; traffic and judgements are left out. */
const isPreparing = (step: PlanStep) => ['enrol', 'apply', 'act', 'settle', 'await'].includes(step.do);

async function prepared(plan: Plan, steps: readonly PlanStep[], { tools, pool }: { tools: Tools; pool: MeshPool }) {
  const warm = await pool.acquire(plan);
  const fresh = { samples: new Map(), background: new Map(), before: new Map(), results: [], settled: [], delays: [] };
  const session = { ...tools, ...fresh, plan, warm };
  for (const step of steps) await runStep(step, session);
  return warm.mesh;
}

function planOf(lab: Lab, place: Place, seed: number): Plan {
  const [job] = jobsOf(lab, { seed, prove: 'off' }, place);
  if (job && 'plan' in job) return job.plan;
  const what = job?.skip ?? `Lab ${lab.id} has no run at place ${place.name}.`;
  throw new CommandError(exitCodes.unavailable, { what, fix: 'Name another place or lab.' });
}
