import { runCli } from '../support/cli.ts';
import type { Bench } from './bench.ts';

const runs = 7;

/** `run canary --on sim`, from the start of the process to its end. */
export const canarySim: Bench = {
  name: 'canary-sim',
  async run() {
    const values: number[] = [];
    for (let i = -1; i < runs; i++) {
      const start = performance.now();
      const { code, out, err } = await runCli(['run', 'canary', '--on', 'sim']);
      if (code !== 0) throw new Error(`canary on sim ended with ${code}:\n${out}${err}`);
      // The first one fills the compile cache.
      if (i >= 0) values.push(performance.now() - start);
    }
    return [{ what: 'canary on sim, whole process', values, unit: 'ms', budget: { atMost: 1000 } }];
  },
};
