import type { Body, ClientEnd, Exchange, Receiver, ResetReason, ServerEnd } from '../../world/connection.ts';
import type { HttpRequest, HttpResponse } from '../../world/http-message.ts';
import type { CloseSide } from './stats.ts';

/** Why there is no connection for a stream, in Envoy's words. */
export type PoolFailure = 'overflow' | 'local connection failure' | 'remote connection failure' | 'connection timeout';

/** The router's ear for one attempt. */
export interface StreamReceiver extends Receiver {
  /** A connection is at hand; the request goes out now. */
  onReady(connection: ServerEnd): void;
  /** True: the rest of the answer is not wanted (it will be asked for again), which resets the stream (router.cc, onUpstreamHeaders). */
  onResponse(response: HttpResponse, end: boolean): boolean;
  /** `hostless`: refused before a host was settled on. */
  onPoolFailure(reason: PoolFailure, transportReason: string, hostless?: boolean): void;
}

/** The pool, as its connections and streams see it. */
interface Owner {
  /** `broken`: the stream was cut off, and by whom. */
  release(connection: PooledConnection, broken: CloseSide | undefined): void;
  forget(connection: PooledConnection): void;
  /** The stream that was last on it is reset when its answer has come but for the body. */
  resetLast(connection: PooledConnection): void;
}

/** One connection of a pool. */
export class PooledConnection implements ClientEnd {
  readonly pool: Owner;
  readonly opened: number;
  /** Of the request that made it. */
  readonly tag: unknown;
  end: ServerEnd | undefined;
  streams = 0;
  served = 0;
  idleSince: number;
  closed = false;
  draining = false;
  /** Its end is in the stats. */
  counted = false;

  constructor(pool: Owner, now: number, tag: unknown) {
    this.tag = tag;
    this.pool = pool;
    this.opened = now;
    this.idleSince = now;
  }

  onData(): void {}
  onEnd(): void {
    this.pool.forget(this);
  }
  onClose(): void {
    this.pool.forget(this);
  }
}

/** One stream on one connection: counts, and gives the connection back when the answer is complete. */
export class PooledStream implements Receiver, Exchange {
  readonly #pool: Owner;
  readonly #connection: PooledConnection;
  readonly #receiver: StreamReceiver;
  #inner: Exchange | undefined;
  #done = false;

  constructor(pool: Owner, connection: PooledConnection, receiver: StreamReceiver) {
    this.#pool = pool;
    this.#connection = connection;
    this.#receiver = receiver;
  }

  send(end: ServerEnd, request: HttpRequest): void {
    const inner = end.request(request, this);
    if (!this.#done) this.#inner = inner;
  }

  // The connection is free before the receiver hears of the end: in Envoy its next request arrives in a later loop.
  onResponse(response: HttpResponse, end: boolean): void {
    if (this.#done) return;
    if (end) this.#finish(undefined);
    const isUnwanted = this.#receiver.onResponse(response, end);
    if (end && isUnwanted && response.body.length > 0) this.#pool.resetLast(this.#connection);
  }

  onData(data: Body, end: boolean): void {
    if (this.#done) return;
    if (end) this.#finish(undefined);
    this.#receiver.onData(data, end);
  }

  onReset(reason: ResetReason): void {
    if (this.#done) return;
    this.#finish('remote');
    this.#receiver.onReset(reason);
  }

  cancel(): void {
    if (this.#done) return;
    this.#finish('local');
    this.#inner?.cancel();
  }

  #finish(broken: CloseSide | undefined): void {
    this.#done = true;
    this.#pool.release(this.#connection, broken);
  }
}
