import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { outputOf } from '../report/output.ts';
import { builtPlaces } from './built-places.ts';
import type { Deps } from './deps.ts';
import { abortOnSignals } from './interrupt.ts';

/** The real outside world. */
export async function processDeps(): Promise<Deps> {
  const root = packageRoot(import.meta.dirname);
  const err = outputOf(process.stderr, process.env);
  return {
    out: outputOf(process.stdout, process.env),
    err,
    env: process.env,
    cwd: process.cwd(),
    root,
    version: (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version,
    signal: abortOnSignals({ process, err, now: () => performance.now() }),
    now: () => performance.now(),
    date: () => new Date(),
    sleep: (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal }),
    tidy: async () => (await import('./leftovers.ts')).tidyUp(process.env),
    places: builtPlaces(process.env),
  };
}

/** The sources lie two folders below the root, the build three (dist/runner/cli). */
function packageRoot(folder: string): string {
  const above = dirname(dirname(folder));
  return above.endsWith('dist') ? dirname(above) : above;
}
