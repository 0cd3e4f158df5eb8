import { firstWords, Refused } from './failure.ts';
import { meansCheck, type Phase } from './plan.ts';
import type { CheckResult, ControlResult, MutantResult } from './result.ts';

/** What a phase of the proof came to: its checks, and what ended it before its end, if anything. */
export interface PhaseOutcome {
  results: readonly CheckResult[];
  error?: unknown;
}

/** A name in a lab stands for one check, one row, or all rows of a table (ids `table/row`). */
const meant = (name: string, results: readonly CheckResult[]) =>
  results.filter((result) => meansCheck(name, { id: result.id, table: result.id.split('/')[0] ?? '' }));

/** One line for each check that the control names. A table fails when one of its rows does, and holds when all do. */
export function judgeControl({ expect }: Phase, { results, error }: PhaseOutcome): ControlResult[] {
  const line = (name: string, expected: ControlResult['expected']): ControlResult => {
    const found = meant(name, results);
    const telling =
      found.find((r) => (expected === 'failed' ? r.verdict === 'failed' : r.verdict !== 'passed')) ?? found[0];
    const verdict = telling?.verdict ?? 'error';
    const measured = telling?.measured ?? (error ? firstWords(error) : 'Not judged.');
    return { check: name, expected, verdict, measured, ok: verdict === expected && !error };
  };
  return [
    ...(expect?.fails ?? []).map((name) => line(name, 'failed')),
    ...(expect?.holds ?? []).map((name) => line(name, 'passed')),
  ];
}

/** Only the check that the mutant names may reject it; a refusal by the API server counts only where `admission` is named. */
export function judgeMutant(phase: Phase, { results, error }: PhaseOutcome): MutantResult {
  const id = phase.id.slice('mutant:'.length);
  const expected = phase.expect?.fails[0] ?? '';
  const line = (rejectedBy: string | null, measured: string): MutantResult => ({
    id,
    expected,
    rejectedBy,
    measured,
    ok: rejectedBy === expected,
  });
  if (error instanceof Refused) return refusal(line('admission', firstWords(error)), phase.expect?.says);
  if (error) return line(null, firstWords(error));
  const rejecting = meant(expected, results).find((result) => result.verdict === 'failed');
  if (rejecting) return line(expected, rejecting.measured);
  if (expected === 'admission') return line(null, 'The API server took it.');
  const judged = meant(expected, results)[0];
  return line(null, judged ? `${judged.verdict}: ${judged.measured}` : `${expected} was not judged.`);
}

/** A refusal for another reason (a typing error in the mutant's file) proves nothing about the rule that it is for. */
const refusal = (result: MutantResult, says = ''): MutantResult =>
  result.ok && !result.measured.includes(says)
    ? { ...result, ok: false, measured: `Refused, but not with “${says}”: ${result.measured}` }
    : result;
