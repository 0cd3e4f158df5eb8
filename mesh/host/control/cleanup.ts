/** What must be undone, newest first; every step runs even when another fails, and each only once. */
export class Cleanup {
  readonly #steps: (() => Promise<unknown>)[] = [];

  add(step: () => Promise<unknown>): void {
    this.#steps.push(step);
  }

  /** Throws the first failure after all steps have run. */
  async run(): Promise<void> {
    const errors: unknown[] = [];
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) await step().catch((e) => errors.push(e));
    if (errors.length > 0) throw errors[0];
  }
}
