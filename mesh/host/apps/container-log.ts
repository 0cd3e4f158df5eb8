import type { LogPage } from './messages.ts';

/** The kubelet rotates at 10 MiB (containerLogMaxSize); with two halves at least half of that is always there. */
const halfBytes = 5 * 1024 * 1024;

/** The last lines of a container. */
export class ContainerLog {
  #old: string[] = [];
  #current: string[] = [];
  #currentBytes = 0;
  /** Number of the first line that is still there. */
  #first = 0;
  #ended = false;
  #changed: PromiseWithResolvers<void> | undefined;

  readonly append = (line: string): void => {
    if (this.#currentBytes >= halfBytes) this.#rotate();
    this.#current.push(line);
    this.#currentBytes += line.length + 1;
    this.#notify();
  };

  end(): void {
    this.#ended = true;
    this.#notify();
  }

  /** See Call `logs`. At most 1 000 lines. */
  async read(from: number, wait: boolean): Promise<LogPage> {
    const start = from < 0 ? Math.max(this.#first, this.#next + from) : Math.max(this.#first, from);
    while (wait && start >= this.#next && !this.#ended) {
      this.#changed ??= Promise.withResolvers();
      await this.#changed.promise;
    }
    const lines = this.#slice(start, 1000);
    return { lines, next: start + lines.length, ended: this.#ended && start + lines.length >= this.#next };
  }

  get #next(): number {
    return this.#first + this.#old.length + this.#current.length;
  }

  #slice(start: number, count: number): string[] {
    const at = Math.max(0, start - this.#first);
    const old = this.#old.slice(at, at + count);
    const rest = Math.max(0, at - this.#old.length);
    return [...old, ...this.#current.slice(rest, rest + count - old.length)];
  }

  #rotate(): void {
    this.#first += this.#old.length;
    this.#old = this.#current;
    this.#current = [];
    this.#currentBytes = 0;
  }

  #notify(): void {
    this.#changed?.resolve();
    this.#changed = undefined;
  }
}
