import { Connection } from './connection.ts';
import type { Dialer } from './dial.ts';
import { failure, KindError } from './failure.ts';
import type { WireObservation } from './messages.ts';
import type { PreparedRequest } from './request-bytes.ts';
import type { Response } from './response-parser.ts';

export interface SenderOptions {
  request: PreparedRequest;
  dial: Dialer;
  timeoutMs: number;
  /** A new connection for each request. */
  isFresh: boolean;
}

/** Sends the same request again and again, one at a time; what goes wrong is an observation, never an exception. */
export class Sender {
  readonly #options: SenderOptions;
  #connection: Connection | undefined;
  #dialing: AbortController | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  async send(): Promise<WireObservation> {
    const { timeoutMs, isFresh } = this.#options;
    const timer = setTimeout(
      () => this.cut(new KindError('ETIMEDOUT', `no complete answer in ${timeoutMs} ms`)),
      timeoutMs,
    );
    let start = performance.now();
    try {
      const connection = await this.#connected();
      start = performance.now();
      const response = await connection.exchange(this.#options.request.bytes, this.#options.request.method);
      return observed(response, performance.now() - start);
    } catch (error) {
      return { headers: {}, body: '', error: failure(error), latencyMs: performance.now() - start };
    } finally {
      clearTimeout(timer);
      if (isFresh) this.cut(new KindError('ABORTED', 'one request per connection'));
    }
  }

  /** Ends what runs, and the connection. */
  cut(reason: Error): void {
    this.#dialing?.abort(reason);
    this.#connection?.close(reason);
    this.#connection = undefined;
  }

  async #connected(): Promise<Connection> {
    if (this.#connection?.isUsable) return this.#connection;
    const dialing = new AbortController();
    this.#dialing = dialing;
    try {
      this.#connection = new Connection(await this.#options.dial(this.#options.request, dialing.signal));
      return this.#connection;
    } finally {
      this.#dialing = undefined;
    }
  }
}

const observed = ({ status, headers, body }: Response, latencyMs: number): WireObservation => ({
  status,
  headers,
  body,
  latencyMs,
});
