import type { Bench } from './bench.ts';
import { runCanary, wholeProcess } from './canary.ts';

/** `run canary --on sim`, from the start of the process to its end. */
export const canarySim: Bench = {
  name: 'canary-sim',
  run: async () => wholeProcess('sim', await runCanary('sim', 7), 1000),
};
