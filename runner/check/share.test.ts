import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../mesh/world/random.ts';
import { evidenceOf, stream } from '../../test/support/observed.ts';
import { shareExpect } from '../lab/schema/expect.ts';
import type { Observation } from '../observe/observation.ts';
import { share } from './share.ts';

const canary = shareExpect.parse({ by: 'version', of: { v1: 70, v2: 30 } });

/** n answers of which `p` are of v2 and `broken` are 503. */
function answers(n: number, p: number, broken = 0): Observation[] {
  const random = seededRandom(n);
  return stream(
    Array.from({ length: n }, () => {
      if (random.next() < broken) return { status: 503 };
      return { version: random.next() < p ? 'v2' : 'v1' };
    }),
  );
}

const sequential = (observations: readonly Observation[], params = canary) =>
  share.judge(evidenceOf(observations, { sample: 'sequential' }), params);

describe('share, sequential', () => {
  it.each<[string, Observation[], string]>([
    ['30 %', answers(8000, 0.3), 'passed'],
    ['50 %', answers(8000, 0.5), 'failed'],
    ['the weights swapped', answers(8000, 0.7), 'failed'],
    ['40/60', answers(8000, 0.4), 'failed'],
    ['too few to say', answers(500, 0.3), 'undecided'],
    ['no answers', [], 'undecided'],
    ['only errors', answers(2000, 0.3, 1), 'failed'],
    ['every tenth an error', answers(8000, 0.3, 0.1), 'failed'],
    ['one in two hundred an error', answers(8000, 0.3, 0.005), 'passed'],
    ['a version that has no share', [...stream([{ version: 'v3' }])], 'failed'],
  ])('%s: %3$s', (_, observations, verdict) => {
    expect(sequential(observations).verdict).toBe(verdict);
  });

  it('never passes where all errors of a right-looking split could hide a wrong one', () => {
    // 30 % of v2 among all calls, but the 10 % that failed may all have been v2's.
    const hidden = answers(20_000, 1 / 3, 0.1);
    expect(sequential(hidden).verdict).not.toBe('passed');
  });

  it('is not influenced by the order in which answers come back', () => {
    const observations = answers(8000, 0.3);
    const random = seededRandom(3);
    const shuffled = observations
      .map((observation) => ({ observation, key: random.next() }))
      .sort((a, b) => a.key - b.key)
      .map(({ observation }) => observation);
    expect(sequential(shuffled)).toEqual(sequential(observations));
  });

  it('counts nothing behind a missing observation, so that dropping answers cannot make a pass', () => {
    const verdict = sequential(answers(8000, 0.3).filter(({ index }) => index !== 100));
    expect(verdict.verdict).toBe('undecided');
    expect(verdict.evidence.join()).toContain('Observation 100 is missing');
  });

  it('prints n, interval and both error rates', () => {
    const { expected, measured, evidence, values } = sequential(answers(8000, 0.3));
    expect(expected).toBe('v1 70 %, v2 30 % of the answers, by version (sequential test)');
    expect(measured).toMatch(/^v1 [\d.]+ %, v2 [\d.]+ % of \d+ answers$/);
    expect(evidence[1]).toMatch(/^v2: \d+ of \d+ = [\d.]+ %, 99.9 % interval [\d.]+ % to [\d.]+ %$/);
    expect(evidence[2]).toBe(
      'Error rates: a right split fails at most once in 1 000 000; a split that is off (v2 by 5 % or more) passes at most once in 1 000 000.',
    );
    expect(values?.v2).toBeCloseTo(30, -1);
  });

  it('has enough exactly when the verdict is decided', () => {
    const observations = answers(8000, 0.3);
    const enough = share.enough?.(canary);
    const n = observations.findIndex((observation) => enough?.(observation)) + 1;
    expect(sequential(observations.slice(0, n)).verdict).toBe('passed');
    expect(sequential(observations.slice(0, n - 1)).verdict).toBe('undecided');
    expect(sequential(observations)).toEqual(sequential(observations.slice(0, n)));
  });

  it('tells errors apart by their kind where the share is by status', () => {
    const half = shareExpect.parse({ by: 'status', of: { 200: 1, ECONNRESET: 1 } });
    const random = seededRandom(5);
    const mixed = stream(
      Array.from({ length: 8000 }, () =>
        random.next() < 0.5 ? {} : { status: undefined, error: { kind: 'ECONNRESET' as const, message: '' } },
      ),
    );
    expect(sequential(mixed, half).verdict).toBe('passed');
  });
});

describe('share, fixed sample', () => {
  const fixed = (observations: Observation[], params = canary) => share.judge(evidenceOf(observations), params);
  const loose = shareExpect.parse({ by: 'version', of: { v1: 70, v2: 30 }, deviation: '15%', alpha: 1e-3 });

  it.each<[string, ReturnType<typeof fixed>, string]>([
    ['30 % of enough', fixed(answers(7000, 0.3)), 'passed'],
    ['36 % of enough', fixed(answers(7000, 0.38)), 'failed'],
    ['30 % of too few', fixed(answers(1000, 0.3)), 'undecided'],
    ['30 % of 1 000, for a deviation of 15 points', fixed(answers(1000, 0.3), loose), 'passed'],
    ['50 % of 1 000, for a deviation of 15 points', fixed(answers(1000, 0.5), loose), 'failed'],
    ['no answers', fixed([]), 'undecided'],
  ])('%s: %3$s', (_, { verdict }, expected) => {
    expect(verdict).toBe(expected);
  });

  it('prints its β', () => {
    expect(fixed(answers(1000, 0.3)).evidence.at(-1)).toMatch(/passes with probability [\d.]+e[-+]\d+: too much/);
  });
});
