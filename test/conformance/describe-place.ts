import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { envoyBinary, needs } from '../../mesh/host/envoy/testing/require.ts';
import type { Mesh, Place } from '../../runner/place/place.ts';
import { openConformance } from './fixture.ts';
import { groupsOf } from './groups.ts';
import { runTables } from './run-table.ts';
import type { Table } from './table.ts';

/** One test for each table, all in one mesh of the place. */
export function describePlace(place: Place, asked: readonly Table[]): void {
  describe(`the Gateway API's conformance on ${place.name}`, () => {
    const isLocal = place.name === 'local';
    const present = (context: TestContext) => isLocal && needs(context, 'envoy');
    const wrong = new Map<string, string[]>();
    let mesh: Mesh;
    beforeAll(async () => {
      if (isLocal && envoyBinary === '') return;
      mesh = await openConformance(place);
      for (const group of groupsOf(asked))
        for (const [name, said] of await runTables(mesh, group)) wrong.set(name, said);
    }, 300_000);
    afterAll(() => mesh?.close());

    it.for(asked)('$name: $says', ({ name }, context) => {
      present(context);
      expect(wrong.get(name)).toEqual([]);
    });
  });
}
