import { type ExitCode, exitCodes } from '../fail.ts';
import type { RunResult } from '../plan/result.ts';

/**
 * What a command that ran labs exits with: interrupted before all, then what failed, then a lab that is wrong, then a
 * place that broke or never was; 0 only when something ran and everything that ran passed.
 */
export function exitCodeOf(runs: readonly RunResult[]): ExitCode {
  if (runs.some((run) => run.blame === 'interrupted')) return exitCodes.interrupted;
  if (runs.some((run) => run.verdict === 'failed')) return exitCodes.failed;
  if (runs.some((run) => run.blame === 'lab')) return exitCodes.usage;
  if (runs.some((run) => run.verdict === 'error')) return exitCodes.unavailable;
  return runs.some((run) => run.verdict === 'passed') ? exitCodes.passed : exitCodes.unavailable;
}
