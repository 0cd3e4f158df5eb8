import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../mesh/world/random.ts';
import { type OperatingPoint, operatingPoint } from '../../../test/support/operating-point.ts';
import { shareExpect } from '../../lab/schema/expect.ts';
import { shareDesign } from './design.ts';
import { splitRun } from './sequential.ts';
import type { OneSidedTest } from './sprt.ts';

/** The operating curve of the share check: what it does for each true share. Exact where two versions share the calls. */

const design = (of: { [name: string]: number }, more: { alpha?: number; beta?: number } = {}) =>
  shareDesign(shareExpect.parse({ by: 'version', of, ...more }));

const canary = { v1: 70, v2: 30 };
const cap = 20_000;

describe('two versions, 70/30, default error rates', () => {
  // v2's true share → probability of each end. Each number is a sum over all paths, not a simulation.
  const tests = design(canary).sides.map((s) => s.test);
  const known = new Map<number, OperatingPoint>();
  const at = (p: number) => {
    const point = known.get(p) ?? operatingPoint(tests, { p, cap });
    known.set(p, point);
    return point;
  };

  it('fails a right split at most once in a million', () => {
    expect(at(0.3).failed).toBeGreaterThan(0);
    expect(at(0.3).failed).toBeLessThanOrEqual(1e-6);
  });

  it.each([0.35, 0.25])('passes a true share of %d at most once in a million', (p) => {
    expect(at(p).passed).toBeGreaterThan(0);
    expect(at(p).passed).toBeLessThanOrEqual(1e-6);
  });

  it.each([
    ['50/50, as without any rule', 0.5],
    ['40/60', 0.4],
    ['the weights swapped', 0.7],
    ['nothing for v2', 0],
    ['everything for v2', 1],
  ])('rejects %s', (_, p) => {
    const point = at(p);
    expect(point.passed).toBeLessThanOrEqual(1e-12);
    expect(point.failed).toBeGreaterThan(1 - 1e-12);
  });

  it('needs about 3 000 answers for a right split and fewer for a wrong one', () => {
    expect(at(0.3).mean).toBeGreaterThan(2900);
    expect(at(0.3).mean).toBeLessThan(3050);
    expect(at(0.5).mean).toBeLessThan(400);
  });

  it('is practically never undecided at the cap for a right split', () => {
    expect(at(0.3).open).toBeLessThan(1e-6);
  });

  it('says undecided more often than anything else between right and wrong, if the cap is small', () => {
    const point = operatingPoint(tests, { p: 0.325, cap: 2000 });
    expect(point.open).toBeGreaterThan(0.9);
  });
});

describe('any split', () => {
  it.each<[string, { [name: string]: number }]>([
    ['70/30', canary],
    ['95/5: half of the share, 2.5 points', { v1: 95, v2: 5 }],
    ['100/0', { v1: 100, v2: 0 }],
    ['three ways', { v1: 80, v2: 15, v3: 5 }],
    ['four ways, one empty', { a: 1, b: 1, c: 1, d: 0 }],
  ])('%s keeps both error rates by the boundaries alone', (_, of) => {
    const { sides } = design(of);
    // alpha: e^L has at most mean 1 under p0, so reaching `upper` has at most probability e^-upper (Ville).
    for (const { test } of sides) expect(mean(test.p0, test, 1)).toBeLessThanOrEqual(1 + 1e-12);
    expect(sides.reduce((sum, { test }) => sum + Math.exp(-test.upper), 0)).toBeLessThanOrEqual(1e-6 * (1 + 1e-9));
    // beta: e^-L has at most mean 1 at p1 and everywhere beyond, so falling to -lower has at most probability e^-lower.
    for (const { test } of sides)
      for (const p of beyond(test)) expect(mean(p, test, -1)).toBeLessThanOrEqual(1 + 1e-12);
    for (const { test } of sides) expect(Math.exp(-test.lower)).toBeLessThanOrEqual(1e-6 * (1 + 1e-9));
  });
});

describe('simulated, with a seed', () => {
  it('agrees with the exact curve', () => {
    const of = design(canary, { alpha: 0.01, beta: 0.001 });
    const exact = operatingPoint(
      of.sides.map((s) => s.test),
      { p: 0.3, cap },
    );
    const runs = simulate({ of, shares: [0.7, 0.3], names: ['v1', 'v2'], times: 400 });
    expect(runs.mean / exact.mean).toBeCloseTo(1, 1);
    expect(runs.failed / 400).toBeLessThanOrEqual(0.02);
  });

  it.each([
    ['right', [0.6, 0.3, 0.1], { failed: 0.02, passed: 1 }],
    ['one share too low', [0.6, 0.35, 0.05], { failed: 1, passed: 0.001 }],
    ['all shares equal', [0.34, 0.33, 0.33], { failed: 1, passed: 0.001 }],
  ])('three versions, %s', (_, shares, most) => {
    const of = design({ a: 60, b: 30, c: 10 }, { alpha: 0.01, beta: 0.001 });
    const runs = simulate({ of, shares, names: ['a', 'b', 'c'], times: 1000 });
    expect(runs.failed).toBeLessThanOrEqual(most.failed * 1000);
    expect(runs.passed).toBeLessThanOrEqual(most.passed * 1000);
    expect(runs.passed + runs.failed).toBe(1000);
  });
});

const mean = (p: number, { hit, miss }: OneSidedTest, sign: 1 | -1) =>
  (p > 0 ? p * Math.exp(sign * hit) : 0) + (p < 1 ? (1 - p) * Math.exp(sign * miss) : 0);

/** True shares from p1 to the end of its side. */
const beyond = ({ p0, p1 }: OneSidedTest) =>
  Array.from({ length: 21 }, (_, i) => p1 + ((p1 > p0 ? 1 : 0) - p1) * (i / 20));

interface Simulation {
  of: ReturnType<typeof design>;
  shares: number[];
  names: string[];
  times: number;
}

function simulate({ of, shares, names, times }: Simulation) {
  const random = seededRandom(7);
  const draw = () => {
    const u = random.next();
    const upTo = (i: number) => shares.slice(0, i + 1).reduce((sum, share) => sum + share, 0);
    return names.find((_, i) => u < upTo(i)) ?? names[0] ?? '';
  };
  const result = { passed: 0, failed: 0, mean: 0 };
  for (let i = 0; i < times; i++) {
    const run = splitRun(of);
    while (run.n < cap && run.state === 'open') run.feed({ name: draw() });
    if (run.state !== 'open') result[run.state] += 1;
    result.mean += run.n / times;
  }
  return result;
}
