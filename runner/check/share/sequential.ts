import type { Design, Side } from './design.ts';
import { type Run, startRun, step } from './sprt.ts';

/**
 * What one answer is for a split: a name of it, a name that it does not have, or unknown (an error, or nothing in the
 * answer tells). An unknown answer is taken by every test as the answer that speaks against the split, whatever it may
 * have been, so that errors can make a split fail or stay open but can never help it to pass.
 */
export type Answer = { name: string } | 'unknown';

export type SplitState = 'open' | 'passed' | 'failed';

export interface SplitRun {
  state: SplitState;
  /** Answers read until the decision; later ones change nothing. */
  n: number;
  /** The test that failed it, or the name that has no share. */
  reason?: { side: Side } | { stranger: string };
  feed(answer: Answer): SplitState;
}

/** Runs all tests of a design side by side over answers in send order. */
export function splitRun(design: Design): SplitRun {
  const runs = design.sides.map((side) => ({ side, run: startRun(side.test) }));
  const split: SplitRun = {
    state: 'open',
    n: 0,
    feed(answer) {
      if (split.state !== 'open') return split.state;
      split.n += 1;
      if (answer !== 'unknown' && !design.names.includes(answer.name)) {
        split.state = 'failed';
        split.reason = { stranger: answer.name };
        return split.state;
      }
      for (const { side, run } of runs) step(run, isHit(side, answer));
      return conclude(split, runs);
    },
  };
  return split;
}

const isHit = (side: Side, answer: Answer) =>
  answer === 'unknown' ? side.side === 'above' : answer.name === side.claim.name;

function conclude(split: SplitRun, runs: readonly { side: Side; run: Run }[]): SplitState {
  const failed = runs.find(({ run }) => run.state === 'p1');
  if (failed) {
    split.state = 'failed';
    split.reason = { side: failed.side };
  } else if (runs.every(({ run }) => run.state === 'p0')) split.state = 'passed';
  return split.state;
}
