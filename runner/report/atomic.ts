import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CommandError, exitCodes } from '../fail.ts';

/** Writes a whole file or nothing: beside its target first, then renamed. Throws a CommandError (2) that names the file. */
export async function writeAtomically(file: string, text: string): Promise<void> {
  const beside = join(dirname(file), `.${randomUUID()}.tmp`);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(beside, text);
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw new CommandError(exitCodes.usage, {
      what: `The report cannot be written: ${(error as Error).message}`,
      where: { file },
      fix: 'Name a file in a folder that you may write to and that has space left.',
    });
  }
}
