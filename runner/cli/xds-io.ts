import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CommandError, exitCodes } from '../fail.ts';
import { paintFor } from '../report/output.ts';
import { problemLines } from '../report/problem.ts';
import type { XdsIo } from './commands/xds.ts';
import type { Deps } from './deps.ts';

/** Files of the user by the paths that were typed; problems of objects go to standard error, beside the configuration. */
export const xdsIo = ({ cwd, out, err }: Deps): XdsIo => ({
  readFile: (file) => readText(resolve(cwd, file), file),
  async writeFile(file, text) {
    const path = resolve(cwd, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  },
  out: (text) => out.write(text),
  problem: (problem) => err.write(`${problemLines(problem, paintFor(err)).join('\n')}\n`),
});

async function readText(path: string, given: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CommandError(exitCodes.usage, {
      what: `${given} cannot be read: ${(error as Error).message}`,
      fix: 'Give the path of a readable file.',
    });
  }
}
