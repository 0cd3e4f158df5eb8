/** ln(n!), by Stirling's series where the table ends; the error is under 1e-12. */
const table: readonly number[] = factorials(256);

function factorials(length: number): number[] {
  const logs = [0];
  for (let n = 1; n < length; n++) logs.push((logs[n - 1] ?? 0) + Math.log(n));
  return logs;
}

const lnFactorial = (n: number): number => {
  const known = table[n];
  if (known !== undefined) return known;
  const x = n + 1;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3);
};

const lnChoose = (n: number, k: number): number => lnFactorial(n) - lnFactorial(k) - lnFactorial(n - k);

/**
 * Fisher's exact test, two-sided: how probable it is that two samples of one distribution differ at least as much as
 * `a` of `n` and `b` of `m` do. No approximation, and no probability has to be known beforehand.
 */
export function fisher({ a, n, b, m }: { a: number; n: number; b: number; m: number }): number {
  const hits = a + b;
  const [low, high] = [Math.max(0, hits - m), Math.min(n, hits)];
  const ln = (k: number) => lnChoose(n, k) + lnChoose(m, hits - k) - lnChoose(n + m, hits);
  const observed = ln(a);
  let p = 0;
  for (let k = low; k <= high; k++) {
    const at = ln(k);
    if (at <= observed + 1e-9) p += Math.exp(at);
  }
  return Math.min(1, p);
}

/** Chance that one spread of equal distributions is called different (family of all its outcomes, Bonferroni). */
export const errorRate = 1e-7;

export type Counts = ReadonlyMap<string, number>;

/** Outcomes whose shares differ between two samples, at `errorRate` for all outcomes together. */
export function differingOutcomes(real: Counts, sim: Counts): { outcome: string; p: number }[] {
  const outcomes = [...new Set([...real.keys(), ...sim.keys()])].sort();
  const total = (counts: Counts) => [...counts.values()].reduce((sum, count) => sum + count, 0);
  const [n, m] = [total(real), total(sim)];
  return outcomes
    .map((outcome) => ({ outcome, p: fisher({ a: real.get(outcome) ?? 0, n, b: sim.get(outcome) ?? 0, m }) }))
    .filter(({ p }) => p < errorRate / outcomes.length);
}
