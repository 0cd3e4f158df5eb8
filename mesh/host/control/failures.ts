import { type Problem, ProblemError } from '../../problem.ts';

const fix = 'run it again; if it happens again, the last lines above say why';

/**
 * The first unexpected end of a process of the run (a proxy, the apps, the traffic client). Whatever is measured
 * afterwards says nothing about the mesh, so waiting and sending stop with this problem.
 */
export class Failures {
  readonly #abort = new AbortController();
  #first: Problem | undefined;

  /** Aborts when something has failed. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  report(problem: Problem): void {
    this.#first ??= problem;
    this.#abort.abort(new ProblemError(this.#first));
  }

  /** A process of the run ended without having been asked to. */
  ended(who: string, exit: { code: number | null; signal: string | null; lastLines: string[] }): void {
    const how = exit.signal ? `was ended by ${exit.signal}` : `ended with exit code ${exit.code}`;
    this.report({ what: [`${who} ${how}`, ...exit.lastLines.slice(-3)].join('\n  '), fix });
  }

  throwIfAny(): void {
    if (this.#first) throw new ProblemError(this.#first);
  }
}
