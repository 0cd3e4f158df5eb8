import { zippedKb } from '../support/zipped.ts';
import type { Bench } from './bench.ts';

/** What a page loads: the interpreter alone, and all of the place `sim` (store, control plane, certificates, workloads). */
export const bundle: Bench = {
  name: 'bundle',
  run: async () => [
    {
      what: 'engine (mesh/envoy) for a page, gzip',
      values: [await zippedKb('mesh/envoy/mesh-sim.ts')],
      unit: 'KB',
      budget: { atMost: 300 },
    },
    { what: 'place sim for a page, gzip', values: [await zippedKb('runner/place/sim/sim.ts')], unit: 'KB' },
  ],
};
