import type { Lab } from '../lab/lab.ts';
import { meansCheck } from './plan.ts';
import type { CheckResult, RunResult } from './result.ts';

type Hint = Lab['hints'][number];
type Found = Pick<RunResult, 'checks' | 'analysis'>;

/**
 * The lab's hint that fits what was found: of those with a condition the first that holds, else, for a check that
 * failed, the first general one.
 */
export function adviceFor(hints: readonly Hint[], found: Found): string | undefined {
  const bad = found.checks.filter(({ verdict }) => verdict === 'failed' || verdict === 'undecided');
  if (bad.length === 0) return undefined;
  const fitting = hints.find(({ when }) => when && analysed(when, found) && measured(when, bad));
  return (fitting ?? hints.find(({ when }) => !when))?.say;
}

type When = NonNullable<Hint['when']>;

const analysed = ({ analyze }: When, { analysis = [] }: Found) =>
  analyze === undefined || analysis.some(({ code }) => code === analyze);

const measured = (when: When, bad: readonly CheckResult[]) =>
  when.check === undefined ? when.analyze !== undefined : bad.some((check) => isMeant(when, check));

function isMeant({ check: name = '', measured: ranges = {} }: When, check: CheckResult): boolean {
  if (!meansCheck(name, { id: check.id, table: check.id.split('/')[0] ?? '' })) return false;
  return Object.entries(ranges).every(([key, [low, high]]) => {
    const value = check.values?.[key];
    return value !== undefined && value >= low && value <= high;
  });
}
