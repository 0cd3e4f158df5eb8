import {
  type ClientEnd,
  type ConnectFailure,
  type Exchange,
  isFailure,
  type ServerEnd,
} from '../../world/connection.ts';
import type { HttpRequest } from '../../world/http-message.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import type { Host, HostPool } from './host.ts';
import { PooledConnection, PooledStream, type PoolFailure, type StreamReceiver } from './pooled.ts';
import type { CloseSide, ClusterStats } from './stats.ts';

export interface PoolSetting {
  clock: VirtualClock;
  breaker: CircuitBreaker;
  stats: ClusterStats;
  connectTimeoutMs: number;
  /** HTTP/2: streams share a connection. */
  multiplexed: boolean;
  maxRequestsPerConnection: number;
  idleTimeoutMs: number;
  maxConnectionMs: number;
  dial(client: ClientEnd): ServerEnd | ConnectFailure;
}

interface Pending {
  request: HttpRequest;
  receiver: StreamReceiver;
  /** The stream once a connection was found for it. */
  stream: Exchange | undefined;
  given: boolean;
}

const nothing: Exchange = { cancel: () => undefined };

/** Accepted and closed at once: the request goes out on it and meets the end. */
function terminated(end: ServerEnd, receiver: StreamReceiver): Exchange {
  receiver.onReady(end);
  receiver.onReset('connection termination');
  return nothing;
}

/** Connections of one proxy to one host with one protocol and one set of TLS options (source/common/conn_pool/conn_pool_base.cc). */
export class HttpPool implements HostPool {
  readonly #host: Host;
  readonly #setting: PoolSetting;
  #ready: PooledConnection[] = [];
  readonly #all = new Set<PooledConnection>();
  #pending: Pending[] = [];

  constructor(host: Host, setting: PoolSetting) {
    this.#host = host;
    this.#setting = setting;
  }

  /** Sends when there is a connection or one may be made; else the request waits, or is refused (`overflow`). */
  newStream(request: HttpRequest, receiver: StreamReceiver): Exchange {
    const ready = this.#takeReady();
    if (ready) return this.#attach(ready, request, receiver);
    const { breaker, stats } = this.#setting;
    if (!breaker.pending.canCreate) {
      stats.rqPendingOverflow.value++;
      receiver.onPoolFailure('overflow', '', true);
      return nothing;
    }
    stats.rqPendingTotal.value++;
    // A pool without any connection may always make one, so that nothing waits for ever (tryCreateNewConnection).
    if (breaker.connections.canCreate || this.#all.size === 0) return this.#connect(request, receiver);
    stats.cxOverflow.value++;
    return this.#wait(request, receiver);
  }

  drain(): void {
    this.#ready = [];
    for (const connection of [...this.#all]) {
      connection.draining = true;
      if (connection.streams === 0) this.#close(connection);
    }
  }

  release(connection: PooledConnection, broken: CloseSide | undefined): void {
    const { breaker, stats, multiplexed } = this.#setting;
    if (broken && multiplexed) (broken === 'local' ? stats.rqTxReset : stats.rqRxReset).value++;
    if (broken && !multiplexed && !connection.closed) this.#count(connection, broken, true);
    connection.streams--;
    this.#host.active--;
    breaker.requests.dec();
    stats.rqActive.value--;
    if (connection.closed) return;
    // A reset stream leaves an HTTP/1.1 connection unusable.
    if ((broken !== undefined && !multiplexed) || this.#isSpent(connection)) {
      if (connection.streams === 0) this.#close(connection);
      else connection.draining = true;
    } else {
      connection.idleSince = this.#setting.clock.elapsed;
      if (!multiplexed) this.#ready.push(connection);
    }
    this.#servePending();
  }

  /** The server closed it, or it broke. */
  forget(connection: PooledConnection, by: CloseSide = 'remote'): void {
    if (connection.closed) return;
    connection.closed = true;
    // Closed within its own dial: it was never counted.
    if (!this.#all.delete(connection)) return;
    this.#count(connection, by, connection.streams > 0);
    this.#setting.breaker.connections.dec();
    this.#setting.stats.cxActive.value--;
    this.#host.stats.cxActive--;
    const at = this.#ready.indexOf(connection);
    if (at >= 0) this.#ready.splice(at, 1);
  }

  /** HTTP/1.1 cannot go on after a message that is not read to its end (source/common/http/http1/codec_impl.cc, resetStream). */
  resetLast(connection: PooledConnection): void {
    if (this.#setting.multiplexed) this.#setting.stats.rqTxReset.value++;
    else if (!connection.closed && connection.streams === 0) {
      this.#count(connection, 'local', true);
      this.#close(connection);
    }
  }

  /** Once per connection: a stream that breaks takes an HTTP/1.1 connection with it, and knows best who did it. */
  #count(connection: PooledConnection, by: CloseSide, isActive: boolean): void {
    if (connection.counted) return;
    connection.counted = true;
    this.#setting.stats.closed(by, isActive);
  }

  #isSpent(connection: PooledConnection): boolean {
    const { maxRequestsPerConnection: max, maxConnectionMs, clock } = this.#setting;
    return (
      connection.draining ||
      connection.end?.draining !== false ||
      (max > 0 && connection.served >= max) ||
      (maxConnectionMs > 0 && clock.elapsed - connection.opened >= maxConnectionMs)
    );
  }

  #takeReady(): PooledConnection | undefined {
    const { multiplexed, idleTimeoutMs, clock } = this.#setting;
    for (let i = this.#ready.length - 1; i >= 0; i--) {
      const connection = this.#ready[i];
      if (!connection) continue;
      const idle =
        connection.streams === 0 && idleTimeoutMs > 0 && clock.elapsed - connection.idleSince >= idleTimeoutMs;
      if (connection.end?.closed || idle || this.#isSpent(connection)) {
        this.#ready.splice(i, 1);
        if (connection.streams === 0) this.#close(connection);
      } else {
        if (!multiplexed) this.#ready.splice(i, 1);
        return connection;
      }
    }
    return undefined;
  }

  #close(connection: PooledConnection): void {
    const { end } = connection;
    this.forget(connection, 'local');
    if (end && !end.closed) end.close(false);
  }

  #attach(connection: PooledConnection, request: HttpRequest, receiver: StreamReceiver): Exchange {
    const { breaker, stats, multiplexed, maxRequestsPerConnection: max } = this.#setting;
    if (!breaker.requests.canCreate) {
      if (!multiplexed) this.#ready.push(connection);
      stats.rqPendingOverflow.value++;
      receiver.onPoolFailure('overflow', '');
      return nothing;
    }
    const { end } = connection;
    if (!end) return nothing;
    connection.streams++;
    connection.served++;
    if (connection.served === max) stats.cxMaxRequests.value++;
    this.#host.active++;
    this.#host.stats.rqTotal++;
    breaker.requests.inc();
    stats.rqTotal.value++;
    stats.rqActive.value++;
    receiver.onReady(end);
    const stream = new PooledStream(this, connection, receiver);
    stream.send(end, request);
    return stream;
  }

  #connect(request: HttpRequest, receiver: StreamReceiver): Exchange {
    const { clock, breaker, stats, dial, multiplexed } = this.#setting;
    const connection = new PooledConnection(this, clock.elapsed, request.tag);
    stats.cxTotal.value++;
    (multiplexed ? stats.cxHttp2 : stats.cxHttp1).value++;
    this.#host.stats.cxTotal++;
    const end = dial(connection);
    if (isFailure(end)) return this.#failed(end, receiver);
    if (connection.closed || end.closed) return terminated(end, receiver);
    connection.end = end;
    this.#all.add(connection);
    breaker.connections.inc();
    stats.cxActive.value++;
    this.#host.stats.cxActive++;
    this.#host.outlier?.putConnected(false);
    if (multiplexed) this.#ready.push(connection);
    return this.#attach(connection, request, receiver);
  }

  #failed({ failure, reason }: ConnectFailure, receiver: StreamReceiver): Exchange {
    const { stats, connectTimeoutMs, clock, breaker } = this.#setting;
    const failed = (why: PoolFailure) => {
      stats.cxConnectFail.value++;
      stats.closed(why === 'connection timeout' ? 'local' : 'remote', false);
      stats.rqPendingFailureEject.value++;
      this.#host.stats.cxConnectFail++;
      receiver.onPoolFailure(why, reason);
    };
    if (failure !== 'timeout') {
      failed('remote connection failure');
      return nothing;
    }
    breaker.pending.inc();
    let waiting = true;
    const timer = clock.after(connectTimeoutMs, () => {
      waiting = false;
      breaker.pending.dec();
      stats.cxConnectTimeout.value++;
      failed('connection timeout');
    });
    return {
      cancel: () => {
        if (!waiting) return;
        waiting = false;
        timer.cancel();
        breaker.pending.dec();
      },
    };
  }

  #wait(request: HttpRequest, receiver: StreamReceiver): Exchange {
    const { breaker, stats } = this.#setting;
    const pending: Pending = { request, receiver, stream: undefined, given: false };
    this.#pending.push(pending);
    breaker.pending.inc();
    stats.rqPendingActive.value++;
    return {
      cancel: () => {
        if (pending.given) return pending.stream?.cancel();
        this.#pending.splice(this.#pending.indexOf(pending), 1);
        this.#unwait(pending);
      },
    };
  }

  #unwait(pending: Pending): void {
    pending.given = true;
    this.#setting.breaker.pending.dec();
    this.#setting.stats.rqPendingActive.value--;
  }

  #servePending(): void {
    const { breaker } = this.#setting;
    while (this.#pending.length > 0) {
      const ready = this.#takeReady();
      if (!ready && !breaker.connections.canCreate && this.#all.size > 0) return;
      const pending = this.#pending.shift();
      if (!pending) return;
      this.#unwait(pending);
      pending.stream = ready
        ? this.#attach(ready, pending.request, pending.receiver)
        : this.#connect(pending.request, pending.receiver);
    }
  }
}
