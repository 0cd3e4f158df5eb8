/** Observations and bytes of bodies that may wait for the consumer. */
const maxCount = 4096;
const maxBytes = 32 * 1024 * 1024;

/**
 * Puts observations into send order, and says when sending must wait because the consumer is behind (or because one slow
 * request holds up all that were sent after it).
 */
export class Window<T> {
  readonly #deliver: (items: T[]) => void;
  readonly #waiting = new Map<number, T>();
  readonly #sizes: number[] = [];
  #taken = 0;
  #delivered = 0;
  #acknowledged = 0;
  #bytes = 0;
  #changed = Promise.withResolvers<void>();

  constructor(deliver: (items: T[]) => void) {
    this.#deliver = deliver;
  }

  /** How many indexes have been given out. */
  get taken(): number {
    return this.#taken;
  }

  get hasRoom(): boolean {
    return this.#taken - this.#acknowledged < maxCount && this.#bytes < maxBytes;
  }

  /** The next index, from 0. */
  take(): number {
    return this.#taken++;
  }

  /** `size`: bytes of the item, about. */
  put(index: number, item: T, size: number): void {
    this.#bytes += size;
    this.#sizes[index % maxCount] = size;
    this.#waiting.set(index, item);
    const ready: T[] = [];
    for (let next = this.#waiting.get(this.#delivered); next !== undefined; next = this.#waiting.get(this.#delivered)) {
      this.#waiting.delete(this.#delivered++);
      ready.push(next);
    }
    if (ready.length > 0) this.#deliver(ready);
  }

  acknowledge(count: number): void {
    for (let i = 0; i < count; i++) this.#bytes -= this.#sizes[this.#acknowledged++ % maxCount] ?? 0;
    this.wake();
  }

  /** Resolves when there may be room, or at wake(). */
  changed(): Promise<void> {
    return this.#changed.promise;
  }

  wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
