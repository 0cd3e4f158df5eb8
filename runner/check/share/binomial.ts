/** Exact binomial arithmetic in logarithms; n up to some ten thousand. */

/** ln n!, by Stirling's series above 32 (absolute error below 1e-12) and by the product below. */
export function logFactorial(n: number): number {
  if (n < 32) {
    let product = 1;
    for (let i = 2; i <= n; i++) product *= i;
    return Math.log(product);
  }
  const inverse = 1 / n;
  const series = inverse / 12 - inverse ** 3 / 360 + inverse ** 5 / 1260 - inverse ** 7 / 1680;
  return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + series;
}

export const logChoose = (n: number, k: number): number => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

/** k·ln p with 0·ln 0 = 0. */
export const xlogy = (k: number, p: number): number => (k === 0 ? 0 : k * Math.log(p));

export interface Binomial {
  n: number;
  p: number;
}

/** P(K = k). */
export function pmf({ n, p }: Binomial, k: number): number {
  return k < 0 || k > n ? 0 : Math.exp(logChoose(n, k) + xlogy(k, p) + xlogy(n - k, 1 - p));
}

/** P(K ≥ k); sums the small side, so that tails far below 1e-16 keep their digits. */
export function atLeast(law: Binomial, k: number): number {
  if (k <= 0) return 1;
  if (k <= law.n * law.p) return 1 - atMost(law, k - 1);
  return sum(law, k, law.n);
}

/** P(K ≤ k). */
export function atMost(law: Binomial, k: number): number {
  if (k >= law.n) return 1;
  if (k < 0) return 0;
  if (k > law.n * law.p) return 1 - sum(law, k + 1, law.n);
  return sum(law, 0, k);
}

function sum(law: Binomial, from: number, to: number): number {
  let total = 0;
  for (let k = from; k <= to; k++) total += pmf(law, k);
  return Math.min(1, total);
}
