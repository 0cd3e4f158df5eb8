import { atLeast, atMost } from './binomial.ts';
import type { Design, Side } from './design.ts';

/** Above this probability that a wrong split passes, a fixed sample proves nothing and lint refuses the check. */
export const greatestBeta = 1e-3;

/** Acceptance region of one side for a sample of fixed size, and the probability that the wrong share lies in it. */
export interface FixedSide {
  side: Side;
  /** Fails when hits ≥ bound (above) or hits ≤ bound (below). */
  bound: number;
  beta: number;
}

/** Exact binomial tests of all sides for `n` answers; alpha as in the sequential test. */
export function fixedDesign(design: Design, n: number): { sides: FixedSide[]; beta: number } {
  const sides = design.sides.map((side) => fixedSide(side, n));
  return { sides, beta: Math.max(...sides.map((s) => s.beta)) };
}

function fixedSide(side: Side, n: number): FixedSide {
  const { p0, p1, upper } = side.test;
  const alpha = Math.exp(-upper);
  if (side.side === 'above') {
    const bound = smallest(n, (k) => atLeast({ n, p: p0 }, k) <= alpha);
    return { side, bound, beta: atMost({ n, p: p1 }, bound - 1) };
  }
  const bound = n - smallest(n, (k) => atMost({ n, p: p0 }, n - k) <= alpha);
  return { side, bound, beta: atLeast({ n, p: p1 }, bound + 1) };
}

/** The smallest k in 0..n+1 for which a predicate that turns true once holds. */
function smallest(n: number, holds: (k: number) => boolean): number {
  let [low, high] = [0, n + 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function rejects({ side, bound }: FixedSide, counts: { hits: number; unknown: number }): boolean {
  return side.side === 'above' ? counts.hits + counts.unknown >= bound : counts.hits <= bound;
}
