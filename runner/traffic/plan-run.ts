import { setTimeout as sleep } from 'node:timers/promises';
import { ProblemError } from '../../mesh/problem.ts';
import type { TrafficPlan } from '../place/place.ts';
import { dialer } from './dial.ts';
import { KindError } from './failure.ts';
import type { WireObservation } from './messages.ts';
import { prepareRequest } from './request-bytes.ts';
import { Sender, type SenderOptions } from './sender.ts';
import type { DialSpec } from './types.ts';
import { Window } from './window.ts';

/** One plan being sent. */
export class PlanRun {
  readonly #plan: TrafficPlan;
  readonly #options: SenderOptions;
  readonly #window: Window<WireObservation>;
  readonly #senders = new Set<Sender>();
  readonly #stop = new AbortController();
  #start = 0;

  /** `deliver` gets observations in send order. Throws a ProblemError for a plan that cannot be sent. */
  constructor(plan: TrafficPlan, dial: DialSpec, deliver: (observations: WireObservation[]) => void) {
    if (!(plan.concurrency >= 1))
      throw new ProblemError({ what: `concurrency of ${plan.id} is ${plan.concurrency}`, fix: 'use at least 1' });
    if (plan.rate !== undefined && !(plan.rate > 0))
      throw new ProblemError({ what: `rate of ${plan.id} is ${plan.rate}`, fix: 'use more than 0 per second' });
    this.#plan = plan;
    const request = prepareRequest(plan.request);
    const isFresh = plan.unit === 'connection';
    this.#options = { request, dial: dialer(dial), timeoutMs: plan.request.timeoutMs, isFresh };
    this.#window = new Window((ready) => !this.#stop.signal.aborted && deliver(ready));
  }

  /** Resolves with the number that were sent, when all have been answered and delivered (or it was cancelled). */
  async run(): Promise<number> {
    this.#start = performance.now();
    await Promise.all(Array.from({ length: this.#plan.concurrency }, () => this.#work()));
    return this.#window.taken;
  }

  acknowledge(count: number): void {
    this.#window.acknowledge(count);
  }

  /** Cuts what runs; nothing is delivered any more. */
  cancel(): void {
    this.#stop.abort();
    for (const sender of this.#senders) sender.cut(new KindError('ABORTED', 'the traffic was ended'));
    this.#window.wake();
  }

  async #work(): Promise<void> {
    const sender = new Sender(this.#options);
    this.#senders.add(sender);
    for (;;) {
      while (!this.#window.hasRoom && !this.#stop.signal.aborted) await this.#window.changed();
      if (!this.#mayTake()) break;
      const index = this.#window.take();
      if (this.#plan.rate !== undefined) await this.#due(index / this.#plan.rate);
      if (this.#stop.signal.aborted) break;
      const observation = await sender.send();
      this.#window.put(index, observation, observation.body.length);
    }
    sender.cut(new KindError('ABORTED', 'the traffic is over'));
  }

  /** Asked without a pause before take(), so that no index is given out and not sent. */
  #mayTake(): boolean {
    const { limit, rate } = this.#plan;
    const { taken } = this.#window;
    const at =
      rate === undefined
        ? performance.now() - this.#start
        : Math.max((taken / rate) * 1000, performance.now() - this.#start);
    return !this.#stop.signal.aborted && taken < (limit.requests ?? Infinity) && at < (limit.durationMs ?? Infinity);
  }

  /**
   * Waits for the time of a request's turn; one that is late goes at once, and the schedule does not move (open loop: a
   * slow answer must not thin out the requests that would have seen the slowness too).
   */
  async #due(seconds: number): Promise<void> {
    const wait = this.#start + seconds * 1000 - performance.now();
    if (wait > 0) await sleep(wait, undefined, { signal: this.#stop.signal }).catch(() => {});
  }
}
