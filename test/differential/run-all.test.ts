import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { faults } from './faults.ts';
import type { Feature } from './feature.ts';
import type { Gap } from './gaps.ts';
import type { Verdict } from './judge.ts';
import { chosen, summary } from './run-all.ts';
import type { CaseResult } from './run-feature.ts';

const feature: Feature = { id: 'made-up', title: '', cases: () => [] };
const gap: Gap = {
  id: 'known',
  feature: feature.id,
  path: 'status',
  real: '',
  sim: '',
  why: '',
  source: 'source/a.cc',
};
const fault = { id: 'planted', feature: feature.id, file: '', find: '', replace: '' };
const verdict = (more: Partial<Verdict>): Verdict => ({
  ...{ feature, cases: 60, requests: 60, tests: 0, seconds: 0 },
  ...{ known: [], disagreed: [], gaps: new Set<Gap>(), faults: [] },
  ...more,
});

describe('what the whole comparison ends with', () => {
  const said: string[] = [];
  beforeEach(() => void vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line)));
  afterEach(() => {
    vi.restoreAllMocks();
    said.splice(0);
  });

  it.each<[string, Partial<Verdict>, readonly Gap[], string | undefined]>([
    ['agreement', {}, [], undefined],
    ['a gap that is seen', { gaps: new Set([gap]) }, [gap], undefined],
    ['a gap that has healed', {}, [gap], 'the gap known has healed: remove it from gaps.yaml'],
    ['a gap of a feature that was not run', {}, [{ ...gap, feature: 'else' }], undefined],
    ['a fault that was caught', { faults: [{ fault, caughtBy: 1 }] }, [], undefined],
    ['a fault that was not caught', { faults: [{ fault, caughtBy: 0 }] }, [], 'the fault planted was not caught'],
    ['a disagreement', { disagreed: [{} as CaseResult] }, [], '60 cases, 1 disagree'],
  ])('%s', (_, more, gaps, wrong) => {
    expect(summary([verdict(more)], { gaps, planted: more.faults?.length ?? 0 })).toBe(wrong !== undefined);
    expect(said.join('\n')).toContain(wrong ?? '60 cases, 0 disagree');
  });

  it('--faults runs the features that have some, and a name that is none is refused', () => {
    const withFaults = new Set(faults.map((f) => f.feature));
    expect(new Set(chosen({ faults: true }).map((f) => f.id))).toEqual(withFaults);
    expect(chosen({ feature: ['stats'] }).map((f) => f.id)).toEqual(['stats']);
    expect(() => chosen({ feature: ['none'] })).toThrow('no feature is called none');
  });
});
