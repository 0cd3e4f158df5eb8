/** One thing to happen; `cancel` before that makes it not happen. */
export interface Timer {
  /** Virtual milliseconds. */
  readonly time: number;
  cancel(): void;
}

class Entry implements Timer {
  readonly time: number;
  readonly order: number;
  readonly daemon: boolean;
  readonly queue: EventQueue;
  run: (() => void) | undefined;

  constructor(queue: EventQueue, at: { time: number; order: number; daemon: boolean }, run: () => void) {
    this.queue = queue;
    this.time = at.time;
    this.order = at.order;
    this.daemon = at.daemon;
    this.run = run;
  }

  cancel(): void {
    if (!this.run) return;
    this.run = undefined;
    this.queue.cancelled(this.daemon);
  }
}

const before = (a: Entry, b: Entry): boolean => a.time < b.time || (a.time === b.time && a.order < b.order);

/**
 * Events in order of time, equal times in order of insertion: a binary heap. Cancelled entries stay until they surface,
 * but are swept when they are the greater part, so that a million armed and cancelled timeouts take no memory.
 */
export class EventQueue {
  #heap: Entry[] = [];
  #order = 0;
  #dead = 0;
  #waiting = 0;

  /** Events that keep a run going: not cancelled, not daemons. */
  get waiting(): number {
    return this.#waiting;
  }

  get size(): number {
    return this.#heap.length - this.#dead;
  }

  /** Entries in memory, cancelled ones included. */
  get held(): number {
    return this.#heap.length;
  }

  /** A daemon (a sweep, an idle check) happens when its time is reached but does not keep a run going. */
  add(time: number, run: () => void, daemon = false): Timer {
    const entry = new Entry(this, { time, order: this.#order++, daemon }, run);
    if (!daemon) this.#waiting++;
    this.#heap.push(entry);
    this.#up(this.#heap.length - 1);
    return entry;
  }

  /** Time of the next event; Infinity when there is none. */
  nextTime(): number {
    this.#dropDead();
    return this.#heap[0]?.time ?? Number.POSITIVE_INFINITY;
  }

  /** Takes the next event out. The caller runs it. */
  take(): { time: number; run: () => void } | undefined {
    this.#dropDead();
    const entry = this.#heap[0];
    if (!entry?.run) return undefined;
    const { run, time } = entry;
    entry.run = undefined;
    if (!entry.daemon) this.#waiting--;
    this.#removeTop();
    return { time, run };
  }

  /** For Timer.cancel only. */
  cancelled(daemon: boolean): void {
    this.#dead++;
    if (!daemon) this.#waiting--;
    if (this.#dead > 64 && this.#dead * 2 > this.#heap.length) this.#sweep();
  }

  #dropDead(): void {
    while (this.#heap[0] && !this.#heap[0].run) {
      this.#dead--;
      this.#removeTop();
    }
  }

  #sweep(): void {
    this.#heap = this.#heap.filter((e) => e.run).sort((a, b) => (before(a, b) ? -1 : 1));
    this.#dead = 0;
  }

  #removeTop(): void {
    const last = this.#heap.pop();
    if (!last || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#down(0);
  }

  #up(from: number): void {
    const heap = this.#heap;
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      const [child, above] = [heap[at], heap[parent]];
      if (!child || !above || !before(child, above)) return;
      heap[at] = above;
      heap[parent] = child;
      at = parent;
    }
  }

  #down(from: number): void {
    const heap = this.#heap;
    for (let at = from; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        const [a, b] = [heap[child], heap[least]];
        if (a && b && before(a, b)) least = child;
      }
      const [here, there] = [heap[at], heap[least]];
      if (least === at || !here || !there) return;
      heap[at] = there;
      heap[least] = here;
      at = least;
    }
  }
}
