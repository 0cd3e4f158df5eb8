import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../runner/cli/catalogue.ts';
import { readReceipt } from '../../runner/cli/receipts.ts';
import { doubt } from '../../runner/report/receipt/doubt.ts';
import { repository } from '../support/labs.ts';

const folder = join(repository, 'test/receipts');
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];

/** The course shows these as proofs, so they must speak of the labs as they are: `npm run receipts` renews them. */
describe('receipts in test/receipts', async () => {
  const { labs } = await catalogue(repository);

  it.each(files)('%s holds', async (file) => {
    const receipt = await readReceipt(join(folder, file), repository);
    expect(await doubt(receipt, { root: repository, labs })).toBeUndefined();
    expect(
      receipt.runs.every(({ proof }) => proof && [...proof.controls, ...proof.mutants].every(({ ok }) => ok)),
    ).toBe(true);
  });

  it('are there for every lab, on sim and on local', () => {
    const wanted = labs.flatMap(({ id }) => [`${id}.local.sidecar.json`, `${id}.sim.sidecar.json`]);
    expect(wanted.filter((file) => !files.includes(file))).toEqual([]);
  });
});
