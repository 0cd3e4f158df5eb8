import type { Lab } from '../../lab/lab.ts';
import { labDigest } from './digest.ts';
import type { Receipt } from './schema.ts';

/** Why a receipt does not prove the lab as it is here, as one phrase; undefined when it does. */
export async function doubt(
  receipt: Receipt,
  { root, labs }: { root: string; labs: readonly Lab[] },
): Promise<string | undefined> {
  const lab = labs.find(({ id }) => id === receipt.lab);
  if (!lab) return `the catalogue has no lab ${receipt.lab}`;
  if (receipt.verdict !== 'passed') return `the run ${receipt.verdict}`;
  if ((await labDigest(root, lab)) !== receipt.files)
    return `the files of ${lab.id} have changed since ${receipt.date.slice(0, 10)}; run it again`;
  return undefined;
}
