import type { Solution } from '../lab.ts';
import type { SolutionFile } from '../schema/proof.ts';
import { planes } from './checks.ts';
import { type Context, filesOf, mustKnow, refuse } from './context.ts';
import { onlyStep } from './steps.ts';

/** The solutions, each with the files of every step. */
export const resolveSolutions = (context: Context): Solution[] =>
  context.lab.solutions.map((solution, i) => resolveSolution(context, solution, i));

function resolveSolution(context: Context, solution: SolutionFile, i: number): Solution {
  const ids = context.lab.steps?.map((step) => step.id) ?? [onlyStep];
  if (context.lab.steps && solution.apply)
    refuse(context, ['solutions', i, 'apply'], {
      what: 'The lab has steps, so a solution says which files belong to which step.',
      fix: 'Write `steps: { STEP: [FILE, …] }` in place of `apply`.',
    });
  if (!context.lab.steps && solution.steps)
    refuse(context, ['solutions', i, 'steps'], { what: 'The lab has no steps.', fix: 'Write `apply: [FILE, …]`.' });
  if (context.lab.steps)
    for (const name of Object.keys(solution.steps ?? {}))
      mustKnow(context, ['solutions', i, 'steps', name], { noun: 'step', name, known: ids });
  const names = (id: string) => (context.lab.steps ? solution.steps?.[id] : solution.apply) ?? [];
  return {
    id: solution.id,
    apply: Object.fromEntries(ids.map((id) => [id, filesOf(context, names(id))])),
    needs: solution.needs,
    dataPlanes: planes(context, solution.dataPlanes, ['solutions', i, 'dataPlanes']),
  };
}
