import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { needs } from '../../mesh/host/envoy/testing/require.ts';
import { faults } from '../differential/faults.ts';
import { features } from '../differential/features/registry.ts';
import { readGaps } from '../differential/gaps.ts';
import { judge } from '../differential/judge.ts';
import { faulty } from '../differential/patched.ts';
import { disagreement } from '../differential/report.ts';

const root = join(import.meta.dirname, '../../mesh/envoy');
const slice = ['route-match', 'headers'];

/** A small part of `npm run differential`, so that neither side can go its own way unseen. */
describe('the interpreter and real Envoys', () => {
  beforeEach((context) => needs(context, 'envoy'));

  it.each(slice)('agree about %s, and not with a planted fault', async (id) => {
    const feature = features.find((f) => f.id === id);
    if (!feature) throw new Error(`no feature ${id}`);
    const gaps = readGaps().filter((gap) => gap.feature === id);
    const [fault] = faults.filter((f) => f.feature === id);
    const verdict = await judge(feature, { seed: 1, cases: 15, gaps, faults: fault ? [fault] : [] });
    expect(verdict.disagreed.map((found) => disagreement(id, found))).toEqual([]);
    expect(verdict.faults.map((f) => f.caughtBy > 0)).toEqual([true]);
  });
});

describe('planted faults', () => {
  it('are at least 15, and each stands for one place of the interpreter', () => {
    expect(faults.length).toBeGreaterThanOrEqual(15);
    const places = faults.map((f) => readFileSync(join(root, f.file), 'utf8').split(f.find).length - 1);
    expect(faults.filter((_, i) => places[i] !== 1).map((f) => f.id)).toEqual([]);
  });

  it('belong to a feature each', () => {
    const ids = new Set(features.map((f) => f.id));
    expect(faults.filter((f) => !ids.has(f.feature))).toEqual([]);
  });

  it('are an error when their text is gone', async () => {
    const [fault] = faults;
    if (!fault) throw new Error('no faults');
    await expect(faulty({ ...fault, find: 'is not there' })).rejects.toThrow('has not exactly one');
  });
});
