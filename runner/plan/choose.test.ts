import { describe, expect, it } from 'vitest';
import { fakePlace } from '../../test/support/fake-place.ts';
import { catalogueLab } from '../../test/support/labs.ts';
import type { Lab } from '../lab/lab.ts';
import { jobsOf, type Wish } from './choose.ts';
import { lanesOf } from './run-all.ts';

const wish: Wish = { seed: 1, prove: 'off' };
const place = fakePlace();
const canary = await catalogueLab('canary');
const solution = canary.solutions[0];
if (!solution) throw new Error('canary has a solution');

describe('the runs of a lab', () => {
  const rows: [string, Partial<Lab>, Partial<Wish>, (string | RegExp)[]][] = [
    ['one per solution', {}, {}, ['virtual-service']],
    ['what the lab has not', {}, { dataPlane: 'ambient' }, [/no ambient mode\.$/]],
    ['both data planes, one of them skipped', {}, { dataPlane: 'both' }, ['virtual-service', /no ambient mode/]],
    ['what the place has not', { dataPlanes: ['ambient'] }, {}, [/Place local has no ambient mode yet/]],
    ['no solution', { solutions: [] }, {}, [/no solution/]],
    ['a waypoint', { solutions: [{ ...solution, needs: { sidecar: 'waypoint' } }] }, {}, [/waypoint/]],
    [
      'an action that no place has yet',
      { steps: canary.steps.map((s) => ({ ...s, actions: [{ rotate: { workload: 'curl' } }] })) },
      {},
      [/no action rotate/],
    ],
  ];
  it.each(rows)('%s', (_, change, wanted, expected) => {
    const jobs = jobsOf({ ...canary, ...change }, { ...wish, ...wanted }, place);
    const said = jobs.map((job) => ('plan' in job ? job.plan.solution : job.skip));
    expect(said).toEqual(expected.map((e) => (typeof e === 'string' ? e : expect.stringMatching(e))));
  });

  it('prove one mutant with ci, all where time is virtual', () => {
    const mutants = (virtualTime: boolean) => {
      const there = { ...place, capabilities: { ...place.capabilities, virtualTime } };
      const [job] = jobsOf(canary, { ...wish, prove: 'ci' }, there);
      return job && 'plan' in job ? job.plan.phases.filter(({ kind }) => kind === 'mutant').length : 0;
    };
    expect([mutants(false), mutants(true)]).toEqual([1, canary.mutants.length]);
  });
});

describe('lanes', () => {
  const job = (lab: Lab) => jobsOf(lab, wish, place)[0] as ReturnType<typeof jobsOf>[number];
  it('keep labs with the same apps together and share the work', async () => {
    const other = await catalogueLab('strict-mtls');
    const [a, b, c, d] = [job(canary), job(other), job(canary), job(other)] as const;
    expect(lanesOf([a, b, c, d], 1)).toEqual([[a, c, b, d]]);
    expect(lanesOf([a, b, c, d], 2)).toEqual([
      [a, c],
      [b, d],
    ]);
    expect(lanesOf([a], 4)).toEqual([[a]]);
    expect(lanesOf([], 2)).toEqual([]);
  });
});
