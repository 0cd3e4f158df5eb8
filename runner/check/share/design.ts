import type { ShareExpect } from '../../lab/schema/expect.ts';
import { fraction } from '../../lab/schema/units.ts';
import { type OneSidedTest, oneSided } from './sprt.ts';

/** One name whose share is tested, with the smallest deviation that must be found. */
export interface Claim {
  name: string;
  share: number;
  deviation: number;
}

/** One direction of one claim: is the share higher (`above`) or lower (`below`) than claimed? */
export interface Side {
  claim: Claim;
  side: 'above' | 'below';
  test: OneSidedTest;
}

/**
 * The tests that decide a split. It passes when every test takes the claimed share, and fails when one takes the other.
 *
 * alpha is divided by the number of tests (Bonferroni), because one false alarm fails a right split. beta is not: a wrong
 * split passes only if also the test of the share that is wrong is deceived. Of two names only the rarer is tested, since
 * its share fixes the other's and its smaller deviation is the stricter.
 */
export interface Design {
  names: readonly string[];
  claims: readonly Claim[];
  sides: readonly Side[];
}

/** 5 points, or half of the share where that is less; 5 points where nothing is expected. */
const defaultDeviation = (share: number) => (share === 0 ? 0.05 : Math.min(0.05, share / 2));

export function shareDesign(expect: ShareExpect): Design {
  const total = Object.values(expect.of).reduce((sum, weight) => sum + weight, 0);
  const all = Object.entries(expect.of).map(([name, weight]): Claim => {
    const share = weight / total;
    return { name, share, deviation: expect.deviation ? fraction(expect.deviation) : defaultDeviation(share) };
  });
  const claims = all.length === 2 ? [...all].sort((a, b) => a.share - b.share).slice(0, 1) : all;
  const open = claims.flatMap((claim) => [
    ...(claim.share < 1 ? [{ claim, side: 'above' as const, p1: Math.min(1, claim.share + claim.deviation) }] : []),
    ...(claim.share > 0 ? [{ claim, side: 'below' as const, p1: Math.max(0, claim.share - claim.deviation) }] : []),
  ]);
  const alpha = expect.alpha / open.length;
  const sides = open.map(({ claim, side, p1 }) => ({
    claim,
    side,
    test: oneSided({ p0: claim.share, p1, alpha, beta: expect.beta }),
  }));
  return { names: all.map((claim) => claim.name), claims, sides };
}
