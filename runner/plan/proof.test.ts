import { describe, expect, it } from 'vitest';
import { Refused, RunError } from './failure.ts';
import type { Phase } from './plan.ts';
import { judgeControl, judgeMutant, type PhaseOutcome } from './proof.ts';
import type { CheckResult } from './result.ts';

const result = (id: string, verdict: CheckResult['verdict']): CheckResult => ({
  ...{ id, verdict, title: id, expected: 'e', measured: `${id} was ${verdict}`, evidence: [] },
});
const phase = (fails: string[], holds: string[] = []): Phase => ({
  ...{ id: 'mutant:m', kind: 'mutant', title: 'm', steps: [], expect: { fails, holds } },
});
const refused = new Refused({ what: 'weight -1' });
const broken = new RunError('place', { what: 'no settle' });

describe('a mutant', () => {
  const rows: [string, string, PhaseOutcome, string | null, boolean][] = [
    ['counts when its check failed', 'split', { results: [result('split', 'failed')] }, 'split', true],
    ['does not count when its check passed', 'split', { results: [result('split', 'passed')] }, null, false],
    ['does not count when its check is open', 'split', { results: [result('split', 'undecided')] }, null, false],
    ['does not count when its check is an error', 'split', { results: [result('split', 'error')] }, null, false],
    ['does not count when another check failed', 'split', { results: [result('all-ok', 'failed')] }, null, false],
    ['does not count when nothing was judged', 'split', { results: [] }, null, false],
    [
      'counts when one row of its table failed',
      'table',
      { results: [result('table/a', 'passed'), result('table/b', 'failed')] },
      'table',
      true,
    ],
    [
      'does not count when admission refused it for a check',
      'split',
      { results: [], error: refused },
      'admission',
      false,
    ],
    ['counts when admission was named and refused it', 'admission', { results: [], error: refused }, 'admission', true],
    ['does not count when admission was named and took it', 'admission', { results: [] }, null, false],
    [
      'does not count when the place broke',
      'split',
      { results: [result('split', 'failed')], error: broken },
      null,
      false,
    ],
    ['does not count when the place broke before admission', 'admission', { results: [], error: broken }, null, false],
  ];
  it.each([
    ['weight -1', true],
    ['weight -2', false],
  ])('counts when the refusal says %s: %s', (says, ok) => {
    const { expect: named, ...rest } = phase(['admission']);
    const mutant = { ...rest, expect: { fails: ['admission'], holds: [], ...named, says } };
    expect(judgeMutant(mutant, { results: [], error: refused }).ok).toBe(ok);
  });

  it.each(rows)('%s', (_, fails, outcome, rejectedBy, ok) => {
    expect(judgeMutant(phase([fails]), outcome)).toMatchObject({ id: 'm', expected: fails, rejectedBy, ok });
  });
});

describe('the control', () => {
  const rows: [string, string[], string[], CheckResult[], boolean[]][] = [
    [
      'is right when named checks fail and hold',
      ['a'],
      ['b'],
      [result('a', 'failed'), result('b', 'passed')],
      [true, true],
    ],
    ['is wrong when a check passes without the solution', ['a'], [], [result('a', 'passed')], [false]],
    [
      'is wrong when a check is open',
      ['a'],
      ['b'],
      [result('a', 'undecided'), result('b', 'undecided')],
      [false, false],
    ],
    [
      'is wrong when a check could not be judged',
      ['a'],
      ['b'],
      [result('a', 'error'), result('b', 'error')],
      [false, false],
    ],
    ['is wrong when a check is missing', ['a'], ['b'], [], [false, false]],
    ['lets a table fail by one row', ['t'], [], [result('t/1', 'passed'), result('t/2', 'failed')], [true]],
    ['lets a table hold by all rows', [], ['t'], [result('t/1', 'passed'), result('t/2', 'failed')], [false]],
  ];
  it.each(rows)('%s', (_, fails, holds, results, ok) => {
    expect(judgeControl(phase(fails, holds), { results }).map((line) => line.ok)).toEqual(ok);
  });
});
