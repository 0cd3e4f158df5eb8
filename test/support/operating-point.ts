import { decide, type OneSidedTest } from '../../runner/check/share/sprt.ts';

export interface OperatingPoint {
  passed: number;
  failed: number;
  /** Undecided at the cap. */
  open: number;
  /** Mean number of answers. */
  mean: number;
}

/**
 * What the tests of one share do side by side when its true value is `p`: exact, by dynamic programming over the number of
 * hits and the set of tests that have taken p0 (the likelihood ratios depend on hits and misses only). Paths are followed
 * until less than 1e-18 of them is left.
 */
export function operatingPoint(tests: readonly OneSidedTest[], { p, cap }: { p: number; cap: number }): OperatingPoint {
  const end = { passed: 0, failed: 0, open: 0, mean: 0 };
  const all = (1 << tests.length) - 1;
  let alive = new Map<number, number>([[0, 1]]);
  for (let n = 1; n <= cap; n++) {
    const mass = sum(alive);
    if (mass < 1e-18) break;
    end.mean += mass;
    const next = new Map<number, number>();
    const go = (hits: number, accepted: number, weight: number) => {
      if (weight === 0) return;
      const now = advance(tests, { hits, n, accepted });
      if (now === 'failed') end.failed += weight;
      else if (now === all) end.passed += weight;
      else next.set((hits << 2) | now, (next.get((hits << 2) | now) ?? 0) + weight);
    };
    for (const [state, probability] of alive) {
      go((state >> 2) + 1, state & 3, probability * p);
      go(state >> 2, state & 3, probability * (1 - p));
    }
    alive = next;
  }
  end.open = sum(alive);
  return end;
}

function advance(tests: readonly OneSidedTest[], at: { hits: number; n: number; accepted: number }): number | 'failed' {
  let now = at.accepted;
  for (const [i, test] of tests.entries()) {
    if (at.accepted & (1 << i)) continue;
    const state = decide(test, times(at.hits, test.hit) + times(at.n - at.hits, test.miss));
    if (state === 'p1') return 'failed';
    if (state === 'p0') now |= 1 << i;
  }
  return now;
}

/** 0 · ∞ is 0 here: an answer that never came moves nothing. */
const times = (count: number, step: number) => (count === 0 ? 0 : count * step);

function sum(masses: Map<number, number>): number {
  let total = 0;
  for (const mass of masses.values()) total += mass;
  return total;
}
