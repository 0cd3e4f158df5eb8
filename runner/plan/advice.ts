import type { Lab } from '../lab/lab.ts';
import { meansCheck } from './plan.ts';
import type { CheckResult } from './result.ts';

type Hint = Lab['hints'][number];

/**
 * The lab's hint that fits what was measured: of those with a condition the first that holds, else, for a check that
 * failed, the first general one. Conditions on the analyzer are passed over here.
 */
export function adviceFor(hints: readonly Hint[], checks: readonly CheckResult[]): string | undefined {
  const bad = checks.filter(({ verdict }) => verdict === 'failed' || verdict === 'undecided');
  if (bad.length === 0) return undefined;
  return (hints.find((hint) => bad.some((check) => fits(hint, check))) ?? hints.find(({ when }) => !when))?.say;
}

function fits({ when }: Hint, check: CheckResult): boolean {
  if (!when?.check || when.analyze || !meansCheck(when.check, { id: check.id, table: check.id.split('/')[0] ?? '' }))
    return false;
  return Object.entries(when.measured ?? {}).every(([name, [low, high]]) => {
    const value = check.values?.[name];
    return value !== undefined && value >= low && value <= high;
  });
}
