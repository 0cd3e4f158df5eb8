import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CommandError, exitCodes } from '../fail.ts';
import type { Lab } from '../lab/lab.ts';
import { writeAtomically } from '../report/atomic.ts';
import { receiptsOf } from '../report/receipt/build.ts';
import { labDigest } from '../report/receipt/digest.ts';
import { type Receipt, receiptSchema } from '../report/receipt/schema.ts';
import type { Report } from '../report/schema.ts';
import type { Deps } from './deps.ts';

/** Writes one file for each lab and data plane of a report into a folder. Throws a CommandError (2) for a folder that cannot be written. */
export async function writeReceipts(
  report: Report,
  { deps, labs, folder }: { deps: Deps; labs: readonly Lab[]; folder: string },
): Promise<void> {
  const digest = async (lab: Lab) => [lab.id, await labDigest(deps.root, lab)] as const;
  const receipts = receiptsOf(report, new Map(await Promise.all(labs.map(digest))));
  for (const [name, receipt] of receipts)
    await writeAtomically(resolve(deps.cwd, folder, name), `${JSON.stringify(receipt, null, 2)}\n`);
  deps.err.write(`Receipts: ${receipts.size} in ${join(folder, '')}\n`);
}

/** Reads a receipt. Throws a CommandError (2) that says what is wrong with the file. */
export async function readReceipt(file: string, cwd: string): Promise<Receipt> {
  const fail = (what: string, fix: string) => new CommandError(exitCodes.usage, { what, where: { file }, fix });
  const text = await readFile(resolve(cwd, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw fail(
      `The receipt cannot be read: ${error.code}.`,
      'Name a file that `mesh-labs run … --receipts FOLDER` wrote.',
    );
  });
  const parsed = receiptSchema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'unknown' };
  throw fail(
    `This is no receipt: ${[path.join('.'), message].filter(Boolean).join(': ')}.`,
    'Write it anew with `mesh-labs run … --receipts FOLDER`.',
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
