import { describe, expect, it } from 'vitest';
import { fakeIstio } from '../../test/support/fake-istio.ts';
import { fakePlace } from '../../test/support/fake-place.ts';
import { catalogueLab } from '../../test/support/labs.ts';
import { runLabsAt } from '../../test/support/run-lab.ts';
import type { Lab } from '../lab/lab.ts';
import { simPlace } from '../place/sim/sim.ts';

const canary = await catalogueLab('canary');

/** The lab with a mutant in the place of the solution, as a learner would run it. */
function answeredBy(mutant: string): Lab {
  const apply = canary.mutants.find(({ id }) => id === mutant)?.apply ?? {};
  return { ...canary, solutions: canary.solutions.map((solution) => ({ ...solution, apply })) };
}

describe('a run that failed', () => {
  it('says what the analysis finds about the objects of the answer', async () => {
    const { results } = await runLabsAt(simPlace, [answeredBy('subset-typo')]);
    expect(results[0]?.analysis).toMatchObject([
      { code: 'IST0101', kind: 'VirtualService', namespace: 'default', name: 'customers' },
    ]);
  });

  it('says nothing about what was there before', async () => {
    const { results } = await runLabsAt(simPlace, [answeredBy('swapped')]);
    expect(results[0]).toMatchObject({ verdict: 'failed', analysis: [] });
  });

  it('is all that asks for it', async () => {
    const { results } = await runLabsAt(fakePlace(fakeIstio), [canary]);
    expect(results[0]?.analysis).toBeUndefined();
  });
});
