import { ProblemError } from '../../mesh/problem.ts';
import type { FromClient, WireObservation } from './messages.ts';

/** What arrives of one plan, as batches to iterate over. */
export class PlanStream {
  readonly #signal: AbortSignal;
  readonly #batches: WireObservation[][] = [];
  readonly #ended = Promise.withResolvers<void>();
  #received = 0;
  #sent: number | undefined;
  #error: unknown;
  #changed = Promise.withResolvers<void>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Resolves when the client does nothing more for this plan, for whatever reason. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  receive(message: FromClient): void {
    if ('observations' in message) this.#arrived(message.observations);
    else if ('end' in message) this.#finish(message.end.sent);
    else if ('problem' in message) this.fail(new ProblemError(message.problem));
    this.#notify();
  }

  fail(error: ProblemError): void {
    this.#error = error;
    this.#ended.resolve();
    this.#notify();
  }

  /** Throws when the plan failed, or the signal aborts. */
  async *batches(): AsyncIterable<WireObservation[]> {
    const notify = () => this.#notify();
    this.#signal.addEventListener('abort', notify);
    try {
      for (;;) {
        this.#signal.throwIfAborted();
        const batch = this.#batches.shift();
        if (batch) yield batch;
        else if (this.#error) throw this.#error;
        else if (this.#sent !== undefined) return;
        else await this.#changed.promise;
      }
    } finally {
      this.#signal.removeEventListener('abort', notify);
    }
  }

  #arrived(observations: WireObservation[]): void {
    this.#received += observations.length;
    this.#batches.push(observations);
  }

  /** A run that lost observations on the way must not look like a short one. */
  #finish(sent: number): void {
    this.#sent = sent;
    if (sent !== this.#received)
      this.#error = new ProblemError({ what: `the traffic client sent ${sent} requests, ${this.#received} arrived` });
    this.#ended.resolve();
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
