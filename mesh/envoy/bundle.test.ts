import { expect, it } from 'vitest';
import { zippedKb } from '../../test/support/zipped.ts';

it('the engine is small enough for a page, and needs no node:', async () => {
  const size = await zippedKb('mesh/envoy/mesh-sim.ts');
  console.log(`engine for a page: ${Math.round(size)} KB with gzip, of 300`);
  expect(size).toBeLessThanOrEqual(300);
});
