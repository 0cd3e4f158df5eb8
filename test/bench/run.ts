import type { Bench } from './bench.ts';
import { line } from './bench.ts';
import { bundle } from './bundle.ts';
import { canaryLocal } from './canary-local.ts';
import { canarySim } from './canary-sim.ts';
import { explain1000 } from './explain-1000.ts';
import { interpreter } from './interpreter.ts';
import { xds1000 } from './xds-1000.ts';

/** One line per benchmark. */
const benches: readonly Bench[] = [canaryLocal, canarySim, interpreter, bundle, xds1000, explain1000];

const wanted = process.argv.slice(2);
for (const bench of benches.filter((b) => wanted.length === 0 || wanted.includes(b.name))) {
  console.log(`== ${bench.name}`);
  for (const measurement of await bench.run()) console.log(line(measurement));
}
