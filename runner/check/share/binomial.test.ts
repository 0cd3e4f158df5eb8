import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../mesh/world/random.ts';
import { atLeast, atMost, logFactorial, pmf } from './binomial.ts';
import { shareInterval } from './interval.ts';

describe('binomial', () => {
  it.each([
    [0, 0],
    [5, Math.log(120)],
    [31, 78.0922235533153],
    [32, 81.557959456115],
    [170, 706.5730622457874],
  ])('ln %d! is exact', (n, value) => {
    expect(logFactorial(n)).toBeCloseTo(value, 10);
  });

  // Tail sums of B(10, 0.3) from the definition; P(K ≤ 2) = 0.3827827864.
  it('sums tails', () => {
    const law = { n: 10, p: 0.3 };
    expect(pmf(law, 3)).toBeCloseTo(0.266827932, 9);
    expect(atMost(law, 2)).toBeCloseTo(0.3827827864, 9);
    expect(atLeast(law, 3)).toBeCloseTo(1 - 0.3827827864, 9);
    expect(atLeast({ n: 100, p: 0 }, 1)).toBe(0);
    expect(atMost({ n: 100, p: 1 }, 99)).toBe(0);
  });

  it('keeps the digits of far tails', () => {
    expect(atLeast({ n: 100, p: 0.5 }, 100)).toBeCloseTo(2 ** -100, 40);
    expect(atLeast({ n: 100, p: 0.5 }, 100)).toBeGreaterThan(0);
  });
});

describe('the interval', () => {
  it('covers the true share in all of the looks at once, as often as it says', () => {
    const random = seededRandom(11);
    let missed = 0;
    for (let run = 0; run < 400; run++) {
      let [hits, out] = [0, false];
      for (let n = 1; n <= 300; n++) {
        hits += random.next() < 0.3 ? 1 : 0;
        const { low, high } = shareInterval({ hits, unknown: 0, n }, 0.1);
        out ||= low > 0.3 || high < 0.3;
      }
      missed += out ? 1 : 0;
    }
    expect(missed / 400).toBeLessThanOrEqual(0.1);
  });

  it.each([
    ['nothing seen', { hits: 0, unknown: 0, n: 0 }, 0, 1],
    ['never', { hits: 0, unknown: 0, n: 1000 }, 0, 0.0138],
    ['unknown answers widen it upwards', { hits: 300, unknown: 100, n: 1000 }, 0.2345, 0.47],
  ])('%s', (_, counts, low, high) => {
    const interval = shareInterval(counts, 1e-3);
    expect(interval.low).toBeCloseTo(low, 2);
    expect(interval.high).toBeCloseTo(high, 2);
  });
});
