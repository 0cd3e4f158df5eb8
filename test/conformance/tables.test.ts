import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { envoyBinary, needs } from '../../mesh/host/envoy/testing/require.ts';
import { localPlace } from '../../runner/place/local/local.ts';
import type { Mesh, Place } from '../../runner/place/place.ts';
import { simPlace } from '../../runner/place/sim/sim.ts';
import { openConformance } from './fixture.ts';
import { runTable } from './run-table.ts';
import { tables } from './table.ts';

const places: [string, Place][] = [
  ['sim', simPlace],
  ['local', localPlace({ env: process.env, download: false })],
];
const asked = (process.env.CONFORMANCE_PLACES ?? 'sim').split(',');

describe.each(places.filter(([name]) => asked.includes(name)))("the Gateway API's conformance on %s", (name, place) => {
  const present = (context: TestContext) => name === 'local' && needs(context, 'envoy');
  let mesh: Mesh;
  beforeAll(async () => {
    if (name === 'local' && envoyBinary === '') return;
    mesh = await openConformance(place);
  }, 60_000);
  afterAll(() => mesh?.close());

  it.for(tables)('$name: $says', async (table, context) => {
    present(context);
    expect(await runTable(mesh, table)).toEqual([]);
  });
});
