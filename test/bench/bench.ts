/** One line of the table that `npm run bench` prints. */
export interface Measurement {
  what: string;
  /** Sorted is not needed; the median is judged. */
  values: number[];
  unit: 'ms' | 'requests/s' | 'MB' | 'KB' | 'ratio';
  /** Budget of architecture.md section 11; absent: only recorded. */
  budget?: { atMost: number } | { atLeast: number };
}

/** Budgets are measured here and never asserted in tests; a name given on the command line chooses. */
export interface Bench {
  name: string;
  run(): Promise<Measurement[]>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** `what: min – median – max unit (budget, kept or over)` */
export function line({ what, values, unit, budget }: Measurement): string {
  const text = (value: number) => (value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString('en'));
  const middle = median(values);
  const three = `${text(Math.min(...values))} – ${text(middle)} – ${text(Math.max(...values))} ${unit}`;
  if (!budget) return `${what}: ${three}`;
  const kept = 'atMost' in budget ? middle <= budget.atMost : middle >= budget.atLeast;
  const bound = 'atMost' in budget ? `at most ${text(budget.atMost)}` : `at least ${text(budget.atLeast)}`;
  return `${what}: ${three} (budget ${bound} ${unit}: ${kept ? 'kept' : 'OVER'})`;
}
