import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { parse } from 'yaml';
import { envoyBinary, needs } from '../../mesh/host/envoy/testing/require.ts';
import { localPlace } from '../../runner/place/local/local.ts';
import type { Mesh, Place } from '../../runner/place/place.ts';
import { simPlace } from '../../runner/place/sim/sim.ts';
import { openConformance } from './fixture.ts';
import { groupsOf } from './groups.ts';
import { runTables } from './run-table.ts';
import { folder, type Table, tables } from './table.ts';

/** What real Envoys do in each test run; `run.ts local` does all. */
const slice = [
  ...['http-route/matching', 'http-route/header-matching', 'http-route/rewrite-path', 'http-route/redirect-scheme'],
  ...[
    'http-route/request-mirror',
    'http-route/retry',
    'http-route/timeout-request',
    'grpc-route/exact-method-matching',
  ],
  ...['gateway/http-listener-isolation', 'tls-route/mixed-termination-same-namespace', 'mesh/split', 'mesh/ports'],
];
const places: [string, Place, readonly Table[]][] = [
  ['sim', simPlace, tables],
  ['local', localPlace({ env: process.env, download: false }), tables.filter(({ name }) => slice.includes(name))],
];

describe.each(places)("the Gateway API's conformance on %s", (where, place, asked) => {
  const present = (context: TestContext) => where === 'local' && needs(context, 'envoy');
  const wrong = new Map<string, string[]>();
  let mesh: Mesh;
  beforeAll(async () => {
    if (where === 'local' && envoyBinary === '') return;
    mesh = await openConformance(place);
    for (const group of groupsOf(asked)) for (const [name, said] of await runTables(mesh, group)) wrong.set(name, said);
  }, 300_000);
  afterAll(() => mesh?.close());

  it.for(asked)('$name: $says', ({ name }, context) => {
    present(context);
    expect(wrong.get(name)).toEqual([]);
  });
});

it('every conformance test of the suite has a table, or a reason why not', () => {
  const read = (file: string): { [name: string]: unknown } => parse(readFileSync(join(folder, file), 'utf8'));
  const { differences: _, ...reasons } = read('gaps.yaml');
  const told = new Set([...tables.map(({ source }) => source), ...Object.keys(reasons)]);
  const { tests } = read('suite.yaml') as { tests: string[] };
  expect([...told].sort()).toEqual([...tests].sort());
});

describe('tables that stand beside each other', () => {
  const groups = groupsOf(tables);
  it('are all tables, once', () => {
    expect(groups.flatMap((g) => g.map(({ name }) => name)).sort()).toEqual(tables.map(({ name }) => name).sort());
  });
  it('have no object in common', () => {
    const keys = groups.map((g) => g.flatMap((t) => t.objects.map((o) => JSON.stringify([o.kind, o.metadata]))));
    for (const all of keys) expect(new Set(all).size).toBe(all.length);
  });
});
