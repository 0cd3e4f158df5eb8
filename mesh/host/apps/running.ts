/** Counts what is under way, so that an end can wait for it. */
export class Running {
  #count = 0;
  #idle = Promise.withResolvers<void>();

  /** Returns what must be called once when it is over. */
  enter(): () => void {
    this.#count++;
    return () => {
      if (--this.#count === 0) this.#idle.resolve();
      if (this.#count === 0) this.#idle = Promise.withResolvers();
    };
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#count === 0 ? Promise.resolve() : this.#idle.promise;
  }
}
