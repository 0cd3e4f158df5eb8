import type { Timer } from '../../world/event-queue.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';

export interface SessionLimits {
  /** Milliseconds without a byte; undefined: Envoy's default of an hour (tcp_proxy.proto, idle_timeout). 0 for none. */
  idleMs: number | undefined;
  /** Longest life, 0 for none. */
  longestMs: number;
}

const hour = 3_600_000;

/** What ends a TCP connection that nobody else ends (source/common/tcp_proxy/tcp_proxy.cc, onIdleTimeout, onMaxDownstreamConnectionDuration). */
export class SessionTimers {
  readonly #clock: VirtualClock;
  readonly #idleMs: number;
  readonly #isDefault: boolean;
  readonly #end: (why: 'idle' | 'duration') => void;
  readonly #longest: Timer | undefined;
  #idle: Timer | undefined;
  #active: number;

  constructor(clock: VirtualClock, { idleMs, longestMs }: SessionLimits, end: (why: 'idle' | 'duration') => void) {
    this.#clock = clock;
    this.#idleMs = idleMs ?? hour;
    this.#isDefault = idleMs === undefined;
    this.#end = end;
    this.#active = clock.elapsed;
    if (longestMs > 0) this.#longest = clock.after(longestMs, () => end('duration'));
    if (this.#idleMs > 0) this.#watch(this.#idleMs);
  }

  touch(): void {
    this.#active = this.#clock.elapsed;
  }

  cancel(): void {
    this.#idle?.cancel();
    this.#longest?.cancel();
  }

  /** One timer for many bytes: when it fires, it may have to wait for the rest. Nobody waits an hour for the default. */
  #watch(wait: number): void {
    this.#idle = this.#clock.after(
      wait,
      () => {
        const left = this.#active + this.#idleMs - this.#clock.elapsed;
        if (left > 0) this.#watch(left);
        else this.#end('idle');
      },
      { daemon: this.#isDefault },
    );
  }
}
