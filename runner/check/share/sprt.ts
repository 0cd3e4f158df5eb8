/**
 * Wald's sequential probability ratio test, one-sided: p = p0 against p = p1.
 *
 * The log-likelihood ratio L moves by `hit` or `miss` with each answer. p1 is taken when L ≥ upper = ln(1/alpha), p0 when
 * L ≤ -lower = -ln(1/beta). These boundaries make both error rates hard bounds, not Wald's approximations, for any rule
 * that stops the sample (a cap, a learner's Ctrl-C): e^L is a non-negative martingale with mean 1 under p0, so by Ville's
 * inequality P(L ever reaches ln(1/alpha)) ≤ alpha; e^-L is a supermartingale under every p at or beyond p1, so likewise
 * for beta. (A. Wald, Sequential Analysis, 1947, 3.2; J. Ville, 1939.) Answers need not be independent: it is enough that
 * each has the claimed probability whatever came before.
 */
export interface OneSidedTest {
  p0: number;
  p1: number;
  hit: number;
  miss: number;
  upper: number;
  lower: number;
}

/** `p1 = 0` and `p1 = 1` are allowed: the answer that p1 forbids then decides at once. So is p0 = 0 or 1. */
export function oneSided(claim: { p0: number; p1: number; alpha: number; beta: number }): OneSidedTest {
  const { p0, p1, alpha, beta } = claim;
  return {
    p0,
    p1,
    hit: Math.log(p1 / p0),
    miss: Math.log((1 - p1) / (1 - p0)),
    upper: Math.log(1 / alpha),
    lower: Math.log(1 / beta),
  };
}

/** Answers after which p0 is taken on average, when it is true: lower / D(p0 ‖ p1), Wald's approximation. */
export function sampleSize({ p0, hit, miss, lower }: OneSidedTest): number {
  const drift = (p0 > 0 ? p0 * hit : 0) + (p0 < 1 ? (1 - p0) * miss : 0);
  return drift === Number.NEGATIVE_INFINITY ? 1 : lower / -drift;
}

export type TestState = 'open' | 'p0' | 'p1';

/** State of a test after a hit or a miss; `ratio` is L after it. */
export function decide(test: OneSidedTest, ratio: number): TestState {
  if (ratio >= test.upper) return 'p1';
  return ratio <= -test.lower ? 'p0' : 'open';
}

/** A running test; once it has decided it stays so. */
export interface Run {
  test: OneSidedTest;
  ratio: number;
  state: TestState;
}

export const startRun = (test: OneSidedTest): Run => ({ test, ratio: 0, state: 'open' });

export function step(run: Run, isHit: boolean): void {
  if (run.state !== 'open') return;
  run.ratio += isHit ? run.test.hit : run.test.miss;
  run.state = decide(run.test, run.ratio);
}
