import type { DataPlane, Lab } from '../lab/lab.ts';
import type { Place } from '../place/place.ts';
import { actionName, doers } from './do/act.ts';
import type { Plan, Prove } from './plan.ts';
import { planRun, solutionsOn } from './plan-run.ts';

export interface Wish {
  /** Absent: the first data plane of the lab that the place has. */
  dataPlane?: DataPlane | 'both';
  seed: number;
  prove: Prove;
}

/** A run that will be, or that cannot be here and why. */
export type Job = { lab: Lab; plan: Plan } | { lab: Lab; skip: string; dataPlane: DataPlane };

/** Every run that a wish means for a lab: one per data plane and solution. What cannot run is named, never left out. */
export function jobsOf(lab: Lab, wish: Wish, place: Place): Job[] {
  return dataPlanesOf(lab, wish, place).flatMap((dataPlane): Job[] => {
    const skip = reasonAgainst(lab, dataPlane, place);
    if (skip) return [{ lab, skip, dataPlane }];
    // Where time is virtual, the whole proof costs nothing.
    const prove = wish.prove === 'ci' && place.capabilities.virtualTime ? 'full' : wish.prove;
    const choice = { place: place.name, dataPlane, seed: wish.seed, prove };
    return solutionsOn(lab, dataPlane).map(({ id }) => ({ lab, plan: planRun(lab, { ...choice, solution: id }) }));
  });
}

function dataPlanesOf(lab: Lab, { dataPlane }: Wish, place: Place): DataPlane[] {
  if (dataPlane === 'both') return ['sidecar', 'ambient'];
  if (dataPlane) return [dataPlane];
  const possible = lab.dataPlanes.filter((plane) => place.capabilities.dataPlanes.includes(plane));
  const first = possible[0] ?? lab.dataPlanes[0];
  return first ? [first] : [];
}

/** What the lab needs and this place or this version has not. */
function reasonAgainst(lab: Lab, dataPlane: DataPlane, place: Place): string | undefined {
  if (!lab.dataPlanes.includes(dataPlane)) return `The lab has no ${dataPlane} mode.`;
  if (!place.capabilities.dataPlanes.includes(dataPlane)) return `Place ${place.name} has no ${dataPlane} mode yet.`;
  const solutions = solutionsOn(lab, dataPlane);
  if (solutions.length === 0) return 'The lab has no solution that could be run: its learner heals a fault or answers.';
  if (solutions.some(({ needs }) => needs[dataPlane] === 'waypoint')) return 'Its solution needs a waypoint.';
  if (lab.checks.some(({ needs }) => needs === 'answer')) return 'It asks questions, which only learners answer.';
  const action = lab.steps
    .flatMap((step) => step.actions)
    .map(actionName)
    .find((name) => !(name in doers));
  return action && `Place ${place.name} has no action ${action} yet.`;
}
