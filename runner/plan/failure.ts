import { type Problem, ProblemError } from '../../mesh/problem.ts';

/** What ends a phase. `lab`: its files are wrong, so the exit code is 2; `place`: nothing was learned about the lab. */
export class RunError extends ProblemError {
  readonly blame: 'lab' | 'place';
  constructor(blame: 'lab' | 'place', ...problems: [Problem, ...Problem[]]) {
    super(...problems);
    this.name = 'RunError';
    this.blame = blame;
  }
}

/** The API server refused an object of the lab. */
export class Refused extends RunError {
  constructor(problem: Problem) {
    super('lab', problem);
    this.name = 'Refused';
  }
}

export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The first of several problems, where there is room for one. */
export const firstWords = (error: unknown): string =>
  error instanceof ProblemError ? (error.problems[0]?.what ?? error.message) : wordsOf(error);
