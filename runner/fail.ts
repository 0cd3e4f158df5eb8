import { type Problem, ProblemError } from '../mesh/problem.ts';

/** The exit codes of the public contract (architecture.md section 4). */
export const exitCodes = { passed: 0, failed: 1, usage: 2, unavailable: 3, interrupted: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A failure that ends a command with a documented exit code. */
export class CommandError extends ProblemError {
  readonly exitCode: ExitCode;
  constructor(exitCode: ExitCode, ...problems: [Problem, ...Problem[]]) {
    super(...problems);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}
