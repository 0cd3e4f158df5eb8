import type { Exchange, ResetReason, ServerEnd } from '../../world/connection.ts';
import type { Timer } from '../../world/event-queue.ts';
import type { Body, HttpRequest, HttpResponse } from '../../world/http-message.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';
import type { Host } from '../cluster/host.ts';
import type { HttpPool } from '../cluster/http-pool.ts';
import type { PoolFailure, StreamReceiver } from '../cluster/pooled.ts';
import type { UpstreamReset } from '../retry/retry-state.ts';

/** The router, as its attempts see it. */
export interface Attempts {
  onReady(attempt: UpstreamRequest, connection: ServerEnd): void;
  onResponse(attempt: UpstreamRequest, response: HttpResponse, end: boolean): void;
  onData(data: Body, end: boolean): void;
  onReset(attempt: UpstreamRequest, reason: UpstreamReset, transportReason: string): void;
  onTryTimeout(attempt: UpstreamRequest, idle: boolean): void;
}

export interface TryTimeouts {
  /** Milliseconds, 0 for none. */
  perTry: number;
  perTryIdle: number;
}

/** One attempt of a request at one host (envoy source/common/router/upstream_request.cc). */
export class UpstreamRequest implements StreamReceiver {
  readonly host: Host;
  /** Passed to a connection. */
  sent = false;
  /** Has timed out and another attempt was started beside it (hedging). */
  retried = false;
  /** Refused before a host was settled on (conn_pool_base.cc, newStreamImpl). */
  hostless = false;
  #hasHeaders = false;
  #isUnwanted = false;
  readonly #owner: Attempts;
  readonly #clock: VirtualClock;
  readonly #timeouts: TryTimeouts;
  #exchange: Exchange | undefined;
  #timer: Timer | undefined;
  #idle: Timer | undefined;
  #over = false;

  constructor(owner: Attempts, host: Host, setting: { clock: VirtualClock; timeouts: TryTimeouts }) {
    this.#owner = owner;
    this.host = host;
    this.#clock = setting.clock;
    this.#timeouts = setting.timeouts;
  }

  get awaitsHeaders(): boolean {
    return !this.#over && !this.#hasHeaders;
  }

  /** The answer may come before this returns. */
  start(pool: HttpPool, request: HttpRequest): void {
    const exchange = pool.newStream(request, this);
    // Timers are only made for what is still open after its first instant.
    if (this.#over) return;
    this.#exchange = exchange;
    const { perTry } = this.#timeouts;
    if (perTry > 0 && !this.#hasHeaders) this.#timer = this.#clock.after(perTry, () => this.#timedOut());
    this.#touch();
  }

  /** Nobody wants its answer any more. */
  cancel(): void {
    if (this.#over) return;
    this.end();
    this.#exchange?.cancel();
  }

  /** Its answer is not passed on: another attempt is made. */
  discard(): void {
    this.#isUnwanted = true;
    this.cancel();
  }

  /** It has ended by itself. */
  end(): void {
    this.#over = true;
    this.#timer?.cancel();
    this.#idle?.cancel();
  }

  onReady(connection: ServerEnd): void {
    this.sent = true;
    this.#owner.onReady(this, connection);
  }

  onPoolFailure(reason: PoolFailure, transportReason: string, hostless = false): void {
    this.hostless = hostless;
    this.#reset(reason, transportReason);
  }

  onReset(reason: ResetReason): void {
    this.#reset(reason, '');
  }

  onResponse(response: HttpResponse, end: boolean): boolean {
    if (this.#over) return false;
    this.#hasHeaders = true;
    // What has begun may go on up to the global timeout (onPerTryTimeout).
    this.#timer?.cancel();
    if (end) this.end();
    else if (this.#exchange) this.#touch();
    this.#owner.onResponse(this, response, end);
    return this.#isUnwanted;
  }

  onData(data: Body, end: boolean): void {
    if (this.#over) return;
    if (end) this.end();
    else this.#touch();
    this.#owner.onData(data, end);
  }

  #reset(reason: UpstreamReset, transportReason: string): void {
    if (this.#over) return;
    this.end();
    this.#owner.onReset(this, reason, transportReason);
  }

  #touch(): void {
    const { perTryIdle } = this.#timeouts;
    this.#idle?.cancel();
    if (perTryIdle > 0) this.#idle = this.#clock.after(perTryIdle, () => this.#owner.onTryTimeout(this, true));
  }

  #timedOut(): void {
    this.#owner.onTryTimeout(this, false);
  }
}
