import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { simPlace } from '../../runner/place/sim/sim.ts';
import { describePlace } from './describe-place.ts';
import { groupsOf } from './groups.ts';
import { folder, tables } from './table.ts';

describePlace(simPlace, tables);

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
