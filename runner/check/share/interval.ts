import { logFactorial, xlogy } from './binomial.ts';

/**
 * Interval for a share that is valid whenever one stops looking (a confidence sequence): the mixture of all Bernoulli
 * likelihoods under a uniform prior, divided by the likelihood of p, is a martingale with mean 1 under p, so the p at
 * which it stays below 1/miss cover the true share with probability 1 - miss (H. Robbins, 1970, by Ville's inequality).
 * `unknown` answers count as hits for the upper end and as misses for the lower one.
 */
export function shareInterval(
  counts: { hits: number; unknown: number; n: number },
  miss: number,
): { low: number; high: number } {
  const { hits, unknown, n } = counts;
  return { low: end(hits, n, { miss, towards: 0 }), high: end(hits + unknown, n, { miss, towards: 1 }) };
}

function end(hits: number, n: number, { miss, towards }: { miss: number; towards: 0 | 1 }): number {
  if (n === 0) return towards;
  const mixture = logFactorial(hits) + logFactorial(n - hits) - logFactorial(n + 1);
  const inside = (p: number) => mixture - xlogy(hits, p) - xlogy(n - hits, 1 - p) < Math.log(1 / miss);
  if (inside(towards)) return towards;
  let [good, bad] = [hits / n, towards as number];
  for (let i = 0; i < 60; i++) {
    const middle = (good + bad) / 2;
    if (inside(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
