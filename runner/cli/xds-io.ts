import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Problem } from '../../mesh/problem.ts';
import { CommandError, exitCodes } from '../fail.ts';
import { type Paint, paintFor } from '../report/output.ts';
import { whereText } from '../report/problem.ts';
import type { Deps } from './deps.ts';
import type { XdsIo } from './xds-world.ts';

/** Files of the user by the paths that were typed; problems of objects go to standard error, beside the configuration. */
export const xdsIo = ({ cwd, out, err }: Deps): XdsIo => ({
  readFile: (file) => read(() => readFile(resolve(cwd, file), 'utf8'), file),
  readDir: (folder) => manifestsIn(resolve(cwd, folder), folder),
  readStdin: () => text(process.stdin),
  async writeFile(file, content) {
    const path = resolve(cwd, file);
    await write(async () => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }, file);
  },
  out: (content) => out.write(content),
  problem: (problem) => err.write(`${warningLines(problem, paintFor(err)).join('\n')}\n`),
  ...(out.terminal && { terminal: { columns: out.columns, paint: paintFor(out) } }),
});

/** What is only odd must not look like what ended a command. */
function warningLines({ what, where, fix }: Problem, paint: Paint): string[] {
  const place = where && whereText(where);
  return [
    `${paint(['yellow', 'bold'], 'warning:')} ${what}`,
    ...(place ? [`  ${paint('dim', 'at ')} ${paint('cyan', place)}`] : []),
    ...(fix ? [`  ${paint('green', 'fix')} ${fix}`] : []),
  ];
}

async function manifestsIn(path: string, given: string): Promise<string[] | undefined> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    // A file, or nothing: reading it tells.
    if (error.code === 'ENOTDIR' || error.code === 'ENOENT') return undefined;
    throw unusable(given, 'read', error);
  });
  return entries
    ?.filter((e) => !e.isDirectory() && /\.(ya?ml|json)$/.test(e.name))
    .map((e) => e.name)
    .sort();
}

const read = <T>(action: () => Promise<T>, file: string): Promise<T> =>
  action().catch((error: NodeJS.ErrnoException) => {
    throw unusable(file, 'read', error);
  });
const write = (action: () => Promise<void>, file: string): Promise<void> =>
  action().catch((error: NodeJS.ErrnoException) => {
    throw unusable(file, 'written', error);
  });

function unusable(file: string, done: 'read' | 'written', { code, message }: NodeJS.ErrnoException): CommandError {
  const what =
    code === 'ENOENT'
      ? `there is no file ${file}`
      : code === 'EACCES'
        ? `${file} may not be ${done}`
        : `${file} cannot be ${done}: ${message}`;
  return new CommandError(exitCodes.usage, { what, fix: `Give the path of a file that can be ${done}.` });
}
