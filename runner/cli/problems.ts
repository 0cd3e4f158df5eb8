import { CommanderError } from 'commander';
import { type Problem, ProblemError } from '../../mesh/problem.ts';
import { CommandError, type ExitCode, exitCodes } from '../fail.ts';
import { paintFor } from '../report/output.ts';
import { problemLines } from '../report/problem.ts';
import type { Deps } from './deps.ts';

/** Prints what ended a command and returns its exit code. */
export function explain(error: unknown, deps: Deps): ExitCode {
  // Commander has written its own message by then; help and version are its only good endings.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.passed : exitCodes.usage;
  if (deps.signal.aborted) return interrupted(deps);
  if (!(error instanceof ProblemError)) return bug(error, deps);
  write(error.problems, deps);
  return error instanceof CommandError ? error.exitCode : exitCodes.usage;
}

function interrupted(deps: Deps): ExitCode {
  deps.err.write('Interrupted; everything that was started has ended.\n');
  return exitCodes.interrupted;
}

function bug(error: unknown, deps: Deps): ExitCode {
  const what = error instanceof Error ? error.message : String(error);
  write(
    [{ what: `Unexpected: ${what}`, fix: 'This is a bug in mesh-labs; please report it with the lines below.' }],
    deps,
  );
  if (error instanceof Error && error.stack) deps.err.write(`${error.stack}\n`);
  return exitCodes.unavailable;
}

function write(problems: readonly Problem[], deps: Deps): void {
  const paint = paintFor(deps.err);
  for (const problem of problems) deps.err.write(`${problemLines(problem, paint).join('\n')}\n`);
}
