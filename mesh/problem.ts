/** Where a problem stands: a file and a position in it (1-based), or an object, or both. */
export interface Where {
  file?: string;
  line?: number;
  column?: number;
  object?: string;
}

/** What is wrong, where, and how to mend it. Every error a user can cause or meet becomes one of these. */
export interface Problem {
  what: string;
  where?: Where;
  fix?: string;
}

/** Thrown where work cannot go on. `problems` is never empty. */
export class ProblemError extends Error {
  readonly problems: readonly Problem[];
  constructor(...problems: [Problem, ...Problem[]]) {
    super(problems.map((p) => p.what).join('; '));
    this.name = 'ProblemError';
    this.problems = problems;
  }
}
