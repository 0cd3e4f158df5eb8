import type { Timer } from '../../world/event-queue.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';

/**
 * Changes of health reach the workers at once, but after one of them the next is held back for a whole window, with all
 * that come in between (commonLbConfig.updateMergeWindow, a second by default; source/common/upstream/cluster_manager_impl.cc,
 * scheduleUpdate; measured). So of hosts that fail together the first is out at once, the second a second later.
 */
export class MergedUpdates {
  readonly #clock: VirtualClock;
  readonly #windowMs: number;
  readonly #apply: () => void;
  #last = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;

  constructor(clock: VirtualClock, windowMs: number, apply: () => void) {
    this.#clock = clock;
    this.#windowMs = windowMs;
    this.#apply = apply;
  }

  /** Hosts came or went: nothing waits. */
  now(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    // What is there when the world begins has been there for long.
    this.#last = this.#clock.elapsed === 0 ? Number.NEGATIVE_INFINITY : this.#clock.elapsed;
    this.#apply();
  }

  /** The health of hosts changed. */
  later(): void {
    if (this.#windowMs === 0 || this.#clock.elapsed - this.#last > this.#windowMs) {
      this.now();
      return;
    }
    this.#timer ??= this.#clock.after(this.#windowMs, () => this.now(), { daemon: true });
  }
}
