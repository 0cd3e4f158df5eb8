import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../mesh/world/random.ts';
import { differingOutcomes, errorRate, fisher } from './fisher.ts';

describe("Fisher's exact test", () => {
  // The lady tasting tea (R: fisher.test), and others by R 4.3.
  it.each([
    [{ a: 3, n: 4, b: 1, m: 4 }, 0.4857143],
    [{ a: 4, n: 4, b: 0, m: 4 }, 0.02857143],
    [{ a: 1, n: 10, b: 9, m: 10 }, 0.001093393],
    [{ a: 0, n: 5, b: 0, m: 50 }, 1],
  ])('%j', (table, p) => expect(fisher(table)).toBeCloseTo(p, 6));

  it('is exact for large samples too', () => {
    // Both tails of the hypergeometric distribution add up to one.
    expect(fisher({ a: 300, n: 1000, b: 3000, m: 10_000 })).toBeCloseTo(1, 9);
  });
});

describe('outcomes', () => {
  const sample = (seed: number, size: number, share: number) => {
    const random = seededRandom(seed);
    const hits = Array.from({ length: size }, () => random.next() < share).filter(Boolean).length;
    return new Map([
      ['a', hits],
      ['b', size - hits],
    ]);
  };

  it('of one distribution do not differ', () => {
    const found = Array.from({ length: 500 }, (_, i) =>
      differingOutcomes(sample(i, 30, 0.3), sample(i + 1000, 300, 0.3)),
    );
    expect(found.flat()).toEqual([]);
  });

  it('of two distributions do', () => {
    const [first] = differingOutcomes(sample(1, 30, 0.9), sample(2, 300, 0.3));
    expect(first?.p).toBeLessThan(errorRate);
  });

  it('that only one side has do', () => {
    expect(differingOutcomes(new Map([['a', 30]]), new Map([['b', 300]])).map((d) => d.outcome)).toEqual(['a', 'b']);
  });
});
