import { describe, expect, it } from 'vitest';
import { fakeIstio } from '../../test/support/fake-istio.ts';
import { fakePlace } from '../../test/support/fake-place.ts';
import { catalogueLab } from '../../test/support/labs.ts';
import { runLabsAt } from '../../test/support/run-lab.ts';

describe('a run', () => {
  it.each(['canary', 'strict-mtls'])(
    'of %s passes where the rules of Istio hold, and every mutant is rejected',
    async (id) => {
      const place = fakePlace(fakeIstio);
      const lab = await catalogueLab(id);
      const { results } = await runLabsAt(place, [lab], { prove: 'full' });
      const [run] = results;
      expect(run?.reason).toBeUndefined();
      expect(run?.verdict).toBe('passed');
      expect(run?.checks.map(({ id: check, verdict }) => [check, verdict])).toEqual(
        lab.checks.map((c) => [c.id, 'passed']),
      );
      expect(run?.proof?.controls.every(({ ok }) => ok)).toBe(true);
      expect(run?.proof?.mutants.map(({ id: m, rejectedBy }) => [m, rejectedBy])).toEqual(
        lab.mutants.map((m) => [m.id, m.fails]),
      );
      expect(place.log.filter((entry) => !entry.startsWith('send'))).toEqual(['open', 'close']);
    },
  );

  it('ends the traffic of a mutant as soon as its check has failed', async () => {
    const place = fakePlace(fakeIstio);
    await runLabsAt(place, [await catalogueLab('canary')], { prove: 'full' });
    const sent = place.log
      .filter((entry) => entry.startsWith('send calls'))
      .map((entry) => Number(entry.split(' ')[2]));
    const [control = 0, solution = 0, ...mutants] = sent;
    expect(solution).toBeGreaterThan(1000);
    expect(control).toBeLessThan(solution);
    // subset-typo, label-typo and no-destination-rule are told by single answers.
    expect(mutants.filter((n) => n < 40)).toHaveLength(3);
  });

  it('of one seed gives the same report twice, but for timing', async () => {
    const once = async () => {
      const { results } = await runLabsAt(fakePlace(fakeIstio), [await catalogueLab('canary')], { prove: 'full' });
      return results.map(({ timing, ...rest }) => rest);
    };
    expect(await once()).toEqual(await once());
  });

  it('uses one mesh for labs with the same apps and leaves nothing of the first to the second', async () => {
    const place = fakePlace(fakeIstio);
    const lab = await catalogueLab('canary');
    const { results } = await runLabsAt(place, [lab, lab]);
    expect(results.map(({ verdict }) => verdict)).toEqual(['passed', 'passed']);
    expect(place.log.filter((entry) => !entry.startsWith('send'))).toEqual(['open', 'close']);
  });

  it('opens a mesh for each set of apps, one after the other', async () => {
    const place = fakePlace(fakeIstio);
    await runLabsAt(place, [await catalogueLab('canary'), await catalogueLab('strict-mtls')]);
    expect(place.log.filter((entry) => !entry.startsWith('send'))).toEqual(['open', 'close', 'open', 'close']);
  });

  it('is done twice at once with --parallel 2', async () => {
    const place = fakePlace(fakeIstio);
    const lab = await catalogueLab('canary');
    const { results } = await runLabsAt(place, [lab, lab], { parallel: 2 });
    expect(results.map(({ verdict }) => verdict)).toEqual(['passed', 'passed']);
    expect(place.log.filter((entry) => entry === 'open')).toHaveLength(2);
  });
});
