import { ProblemError } from '../problem.ts';
import type { Clock } from './clock.ts';
import { EventQueue, type Timer } from './event-queue.ts';

/** Events at one instant beyond which the world must be going in circles. */
const mostAtOneInstant = 200_000;
/** Promises settled at one instant beyond which each takes its turn as an event, so that a loop over them is found too. */
const mostPromises = 20_000;

interface Outside {
  settled: Promise<void>;
  release: () => void;
}

/**
 * Discrete-event time. It stands still while anything can happen now: events of this instant, continuations of promises
 * that the world has settled (`sleep`, `promise`, `outside`), work outside. Then it jumps to the next event. Equal inputs
 * give equal runs: nothing here reads a real clock.
 */
export class VirtualClock implements Clock {
  readonly #queue = new EventQueue();
  readonly #epoch: number;
  #elapsed = 0;
  #dirty = false;
  #outside: Outside[] = [];
  #steps = 0;
  #atInstant = 0;
  #promises = 0;

  /** `epoch`: what `now` says at the start. */
  constructor(epoch = Date.UTC(2026, 0, 1)) {
    this.#epoch = epoch;
  }

  now(): number {
    return this.#epoch + this.#elapsed;
  }

  /** Virtual milliseconds since the start. */
  get elapsed(): number {
    return this.#elapsed;
  }

  /** Events run so far; with it a replay stops exactly where the run stood. */
  get steps(): number {
    return this.#steps;
  }

  /** Runs `run` after `milliseconds`; negative counts as 0. Throws a RangeError for NaN and Infinity. */
  after(milliseconds: number, run: () => void, options?: { daemon?: boolean }): Timer {
    if (!Number.isFinite(milliseconds)) throw new RangeError(`not a duration: ${milliseconds} ms`);
    return this.#queue.add(this.#elapsed + Math.max(0, milliseconds), run, options?.daemon);
  }

  /** Rejects with the signal's reason when that fires first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const timer = this.after(milliseconds, () => {
        signal?.removeEventListener('abort', stop);
        this.#dirty = true;
        resolve();
      });
      const stop = () => {
        timer.cancel();
        this.#dirty = true;
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  /** A promise that the world settles: what waits for it runs before time goes on. */
  promise<T>(start: (resolve: (value: T) => void, reject: (reason: unknown) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const settle = (how: () => void) => {
        const now = () => {
          this.#dirty = true;
          how();
        };
        if (++this.#promises > mostPromises) this.after(0, now);
        else now();
      };
      start(
        (value) => settle(() => resolve(value)),
        (reason) => settle(() => reject(reason)),
      );
    });
  }

  /** Calls one of both when a handler's promise settles. Until then the handler may go on at any instant. */
  follow<T>(promise: Promise<T>, done: (value: T) => void, failed: (reason: unknown) => void): void {
    this.#dirty = true;
    promise.then(done, failed);
  }

  /** Something was handed to a handler by other means than a promise of the world: it may go on at this instant. */
  touch(): void {
    this.#dirty = true;
  }

  /** The one door to what is not simulated (WebCrypto, Wasm). Results come back in order of submission, at no virtual time. */
  outside<T>(work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const entry: Outside = { settled: Promise.resolve(), release: () => undefined };
      entry.settled = Promise.resolve()
        .then(work)
        .then(
          (value) => {
            entry.release = () => resolve(value);
          },
          (reason) => {
            entry.release = () => reject(reason);
          },
        );
      this.#outside.push(entry);
    });
  }

  /** Runs until nothing but daemons is left. */
  run(): Promise<void> {
    return this.#run(Number.POSITIVE_INFINITY, () => this.#queue.waiting > 0);
  }

  /** Runs everything of the next `milliseconds`, then stands at their end. */
  async runFor(milliseconds: number): Promise<void> {
    const end = this.#elapsed + milliseconds;
    await this.#run(end, () => this.#queue.nextTime() <= end);
    this.#elapsed = end;
  }

  /** Runs until `steps` says `steps` (for replays). */
  runToStep(steps: number): Promise<void> {
    return this.#run(Number.POSITIVE_INFINITY, () => this.#steps < steps && this.#queue.size > 0);
  }

  /** Lets time pass in which nothing happens (for replays). Earlier times are ignored. */
  jumpTo(elapsed: number): void {
    if (elapsed <= this.#elapsed) return;
    if (this.#queue.nextTime() < elapsed) throw new RangeError(`something happens before ${elapsed} ms`);
    this.#elapsed = elapsed;
  }

  /** Runs while no promise is involved. Returns whether nothing is left to do; if not, `run` must go on. */
  runSync(): boolean {
    this.#drain(Number.POSITIVE_INFINITY, () => this.#queue.waiting > 0);
    return !this.#dirty && this.#outside.length === 0;
  }

  async #run(end: number, more: () => boolean): Promise<void> {
    for (;;) {
      if (this.#dirty) {
        await turn();
        this.#dirty = false;
      }
      const outside = this.#outside.shift();
      if (outside) {
        await outside.settled;
        outside.release();
        this.#dirty = true;
      } else if (!this.#drain(end, more) && !this.#dirty && this.#outside.length === 0) return;
    }
  }

  /** Whether it stopped because a promise may go on, not because nothing is left. */
  #drain(end: number, more: () => boolean): boolean {
    while (!this.#dirty && this.#outside.length === 0 && more()) {
      if (this.#queue.nextTime() > end) return false;
      const event = this.#queue.take();
      if (!event) return false;
      this.#advance(event.time);
      this.#steps++;
      event.run();
    }
    return this.#dirty;
  }

  #advance(time: number): void {
    if (time > this.#elapsed) {
      this.#elapsed = time;
      this.#atInstant = 0;
      this.#promises = 0;
    } else if (++this.#atInstant > mostAtOneInstant) {
      throw new ProblemError({
        what: `the mesh goes in circles: ${mostAtOneInstant} events at one instant (${this.#elapsed} ms)`,
        fix: 'look for routes or apps that send a request back to where it came from',
      });
    }
  }
}

/** One turn of the host's event loop: every continuation that can run has run after it. */
function turn(): Promise<void> {
  // setImmediate is Node's, MessageChannel everybody's; setTimeout would cost milliseconds in browsers.
  if (typeof setImmediate === 'function') return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
