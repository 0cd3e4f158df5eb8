import type { Check } from '../lab/lab.ts';
import type { CheckResult, Proof, RunVerdict } from './result.ts';

export interface Findings {
  /** What the solution must make true. */
  wanted: readonly Pick<Check, 'id'>[];
  checks: readonly CheckResult[];
  proof?: Proof;
  /** What went wrong with the place or the lab's files, in order. */
  troubles: readonly string[];
}

/**
 * The verdict of a run. The order is the rule: what failed, failed; what is open is not passed; what was not seen is an
 * error. `passed` needs every check of the lab judged and passed, a proof without a hole, and a place without trouble.
 */
export function runVerdict({ wanted, checks, proof, troubles }: Findings): { verdict: RunVerdict; reason?: string } {
  const of = (verdict: CheckResult['verdict']) =>
    checks.filter((check) => check.verdict === verdict).map(({ id }) => id);
  const unjudged = wanted.filter(({ id }) => !checks.some((check) => check.id === id)).map(({ id }) => id);
  const rules: [RunVerdict, string | undefined][] = [
    ['failed', named(of('failed'), 'failed')],
    ['failed', named(of('undecided'), 'stayed undecided')],
    ['error', troubles[0]],
    ['error', named(of('error'), 'could not be judged', checks.find((c) => c.verdict === 'error')?.evidence[0])],
    ['error', named(unjudged, 'not judged')],
    ['error', wanted.length === 0 ? 'There is nothing to judge.' : undefined],
    ['failed', unproved(proof)],
  ];
  const [verdict, reason] = rules.find(([, why]) => why !== undefined) ?? ['passed', undefined];
  return { verdict, ...(reason !== undefined && { reason }) };
}

const named = (ids: readonly string[], what: string, why?: string): string | undefined =>
  ids.length === 0 ? undefined : `${ids.join(', ')} ${what}${why ? `: ${why}` : ''}`;

function unproved(proof: Proof | undefined): string | undefined {
  const control = proof?.controls.find(({ ok }) => !ok);
  if (control)
    return `The control is not as it must be: without the solution ${control.check} ${control.verdict}, it must have ${control.expected}`;
  const mutant = proof?.mutants.find(({ ok }) => !ok);
  if (!mutant) return undefined;
  const by = mutant.rejectedBy === null ? 'nothing' : mutant.rejectedBy;
  return `Mutant ${mutant.id} must be rejected by ${mutant.expected} and was rejected by ${by}`;
}
