import type { Problem } from '../../problem.ts';

/** What is configured and not interpreted: each thing once, at the first place where it stands. */
export class Reports {
  readonly #known = new Map<string, Problem>();

  readonly add = (problem: Problem): void => {
    if (!this.#known.has(problem.what)) this.#known.set(problem.what, problem);
  };

  get all(): readonly Problem[] {
    return [...this.#known.values()];
  }
}
