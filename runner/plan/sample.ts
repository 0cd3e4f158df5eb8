import { judgeOf } from '../check/registry.ts';
import type { Check } from '../lab/lab.ts';
import type { Observation } from '../observe/observation.ts';
import type { PlanStep } from './plan.ts';

type Send = Extract<PlanStep, { do: 'send' }>;

/**
 * Says after each observation whether the traffic may end. `until: decided`: when every statistical check on it is
 * decided. A mutant: as soon as the check that it names has failed for certain.
 */
export function endOf(step: Send): (next: Observation) => boolean {
  const accumulators = step.checks.flatMap((check) => {
    const enough = judgeOf(check).enough?.();
    return enough ? [{ check, enough, decided: false }] : [];
  });
  const certain = step.checks.filter((check) => step.endWith.includes(check.id)).map(failsForCertain);
  return (next) => {
    for (const one of accumulators) one.decided ||= one.enough(next);
    if (certain.some((failed) => failed(next))) return true;
    if (accumulators.some(({ check, decided }) => decided && step.endWith.includes(check.id))) return true;
    const bounded = step.traffic.until === 'decided' && accumulators.length > 0;
    return bounded && accumulators.every(({ decided }) => decided);
  };
}

/** One wrong answer is final where every answer must be right; not where `of` allows some, nor for a share. */
function failsForCertain(check: Check): (next: Observation) => boolean {
  if (check.needs !== 'observations' || check.expect.share || check.expect.of) return () => false;
  const { judge } = judgeOf(check);
  return (next) =>
    judge({ needs: 'observations', observations: [next], sample: 'fixed', delays: [] }).verdict === 'failed';
}
