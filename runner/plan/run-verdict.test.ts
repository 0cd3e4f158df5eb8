import { describe, expect, it } from 'vitest';
import type { CheckResult, Proof, RunVerdict } from './result.ts';
import { type Findings, runVerdict } from './run-verdict.ts';

const check = (id: string, verdict: CheckResult['verdict']): CheckResult => ({
  ...{ id, verdict, title: id, expected: '', measured: '', evidence: ['why'] },
});
const proof = (ok: boolean): Proof => ({
  controls: [],
  mutants: [{ id: 'm', expected: 'a', rejectedBy: ok ? 'a' : null, measured: '', ok }],
});
const control: Proof = {
  controls: [{ check: 'a', expected: 'failed', verdict: 'passed', measured: '', ok: false }],
  mutants: [],
};
const wanted = [{ id: 'a' }];

describe('the verdict of a run', () => {
  const rows: [string, Partial<Findings>, RunVerdict, RegExp | undefined][] = [
    ['all passed', {}, 'passed', undefined],
    ['all passed and proved', { proof: proof(true) }, 'passed', undefined],
    ['one failed', { checks: [check('a', 'failed')] }, 'failed', /^a failed$/],
    ['one failed beside trouble', { checks: [check('a', 'failed')], troubles: ['dead'] }, 'failed', /^a failed$/],
    ['one undecided', { checks: [check('a', 'undecided')] }, 'failed', /undecided/],
    ['trouble with the place', { troubles: ['dead proxy'] }, 'error', /dead proxy/],
    ['one error', { checks: [check('a', 'error')] }, 'error', /could not be judged: why/],
    ['one not judged', { checks: [] }, 'error', /a not judged/],
    ['nothing to judge', { wanted: [], checks: [] }, 'error', /nothing to judge/i],
    ['a mutant that lives', { proof: proof(false) }, 'failed', /Mutant m .* by nothing/],
    ['a control that passes', { proof: control }, 'failed', /without the solution a passed/],
  ];
  it.each(rows)('%s', (_, findings, verdict, reason) => {
    const got = runVerdict({ wanted, checks: [check('a', 'passed')], troubles: [], ...findings });
    expect(got.verdict).toBe(verdict);
    if (reason) expect(got.reason).toMatch(reason);
    else expect(got.reason).toBeUndefined();
  });
});
