import { resolve } from 'node:path';
import type { Lab } from '../lab/lab.ts';
import type { RunResult } from '../plan/result.ts';
import { writeAtomically } from '../report/atomic.ts';
import { junit } from '../report/junit.ts';
import { buildReport } from '../report/report.ts';
import type { Deps } from './deps.ts';

interface Wanted {
  flags: { json?: string; junit?: string; receipts?: string };
  labs: readonly Lab[];
  deps: Deps;
  startedAt: Date;
  durationMs: number;
}

/** Writes the reports that were asked for. Throws a CommandError (2) that names a file which cannot be written. */
export async function writeReports(results: readonly RunResult[], wanted: Wanted): Promise<void> {
  const { flags, labs, deps, startedAt, durationMs } = wanted;
  const report = buildReport(results, { version: deps.version, startedAt, durationMs });
  const json = `${JSON.stringify(report, null, 2)}\n`;
  const save = async (file: string, text: string) => {
    await writeAtomically(resolve(deps.cwd, file), text);
    deps.err.write(`Report: ${file}\n`);
  };
  if (flags.json === '-') deps.out.write(json);
  else if (flags.json !== undefined) await save(flags.json, json);
  if (flags.junit !== undefined) await save(flags.junit, junit(report));
  if (flags.receipts !== undefined) {
    const { writeReceipts } = await import('./receipts.ts');
    await writeReceipts(report, { deps, labs, folder: flags.receipts });
  }
}
