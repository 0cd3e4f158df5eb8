import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakePlace } from '../../test/support/fake-place.ts';
import { catalogueLab, catalogueLabIds, repository } from '../../test/support/labs.ts';
import { jobsOf } from './choose.ts';
import { printPlan } from './print.ts';

const place = fakePlace({}, 'local');

const ids = await catalogueLabIds();

describe('the plan of', () => {
  it.each(ids)('%s is golden', async (id) => {
    const jobs = jobsOf(await catalogueLab(id), { dataPlane: 'both', seed: 1, prove: 'full' }, place);
    const text = jobs
      .map((job) => ('plan' in job ? printPlan(job.plan) : `${job.dataPlane}: ${job.skip}\n`))
      .join('\n');
    await expect(text).toMatchFileSnapshot(join(repository, `test/golden/plan/local/${id}.txt`));
  });
});
