import type { Check, Step } from '../lab.ts';
import type { StepFile } from '../schema/step.ts';
import { milliseconds } from '../schema/units.ts';
import { type Context, filesOf, mustKnow, refuse } from './context.ts';

/** Id of the one step of a lab that is written without `steps`. */
export const onlyStep = 'solve';

/** The steps of the lab; without `steps`, one with the solution and all checks. */
export function resolveSteps(context: Context, checks: readonly Check[]): Step[] {
  const { steps } = context.lab;
  if (!steps) return [{ id: onlyStep, during: [], actions: [], apply: [], await: [], checks, stop: [] }];
  eachCheckOnce(context, steps);
  return steps.map((step, i) => resolveStep(context, { step, i, checks }));
}

function resolveStep(
  context: Context,
  { step, i, checks }: { step: StepFile; i: number; checks: readonly Check[] },
): Step {
  const traffics = Object.keys(context.lab.traffic);
  for (const part of ['during', 'stop'] as const)
    for (const [j, name] of step[part].entries())
      mustKnow(context, ['steps', i, part, j], { noun: 'traffic', name, known: traffics });
  return {
    id: step.id,
    ...(step.task !== undefined && { task: step.task }),
    during: step.during,
    actions: step.actions.map(({ delete: gone, ...action }) => ({
      ...action,
      ...(gone && { delete: { files: filesOf(context, gone.files) } }),
    })),
    apply: filesOf(context, step.apply),
    await: step.await.map(({ within, ...facts }) => ({ ...facts, withinMs: milliseconds(within) })),
    checks: checks.filter((check) => step.checks.includes(check.table ?? check.id)),
    stop: step.stop,
  };
}

/** A check belongs to one step, so that control, mutants and report need no step beside its id. */
function eachCheckOnce(context: Context, steps: readonly StepFile[]): void {
  const known = context.lab.checks.map((check) => check.id);
  const seen = new Set<string>();
  for (const [i, step] of steps.entries())
    for (const [j, name] of step.checks.entries()) {
      const at = ['steps', i, 'checks', j];
      mustKnow(context, at, { noun: 'check', name, known });
      if (seen.has(name))
        refuse(context, at, {
          what: `The check \`${name}\` is in two steps.`,
          fix: 'Give the second step a check of its own.',
        });
      seen.add(name);
    }
  for (const [i, id] of known.entries())
    if (!seen.has(id))
      refuse(context, ['checks', i, 'id'], { what: `No step judges the check \`${id}\`.`, fix: 'Name it in a step.' });
}
