import {
  type Address,
  type ClientEnd,
  type ClientHello,
  type Dial,
  type Exchange,
  isFailure,
  type Opening,
  type Receiver,
  type ServerEnd,
} from '../../world/connection.ts';
import type { HeaderList } from '../../world/header-list.ts';
import type { Body, HttpRequest, HttpResponse } from '../../world/http-message.ts';
import type { VirtualNetwork } from '../../world/network.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';
import { joinBodies } from '../hcm/status.ts';

/** Why a request got no answer; `code` as Node and curl name it. */
export interface ClientError {
  code: 'ECONNRESET' | 'ECONNREFUSED' | 'ETIMEDOUT' | 'ENOTFOUND' | 'EOF' | 'TLS' | 'ABORTED' | 'OTHER';
  message: string;
}

export type ClientOutcome =
  | { response: HttpResponse; error?: undefined }
  | { response?: undefined; error: ClientError };

export interface ClientRequest {
  destination: Address;
  headers: HeaderList;
  body: Body;
  version: 'HTTP/1.1' | 'HTTP/2';
  /** TLS of the app itself. */
  tls?: (Pick<ClientHello, 'sni' | 'alpn' | 'certificate'> & Partial<Pick<ClientHello, 'refuses'>>) | undefined;
  /** Connections are kept alive per lane: one lane is one worker of a load generator. '' for a connection of its own. */
  lane: string;
  /** Milliseconds; 0 waits for ever. */
  timeoutMs: number;
  tag?: unknown;
}

class ClientConnection implements ClientEnd {
  readonly key: string;
  end: ServerEnd | undefined;
  busy = false;
  /** How the server closed, when it did. */
  closed: 'reset' | 'end' | undefined;

  constructor(key: string) {
    this.key = key;
  }

  onData(): void {}
  onEnd(): void {
    this.closed ??= 'end';
  }
  onClose(reset: boolean): void {
    this.closed ??= reset ? 'reset' : 'end';
  }
}

/** What an app at one address uses to make HTTP calls: sockets as Node's agent keeps them. */
export class AppClient {
  readonly #ip: string;
  readonly #network: VirtualNetwork;
  readonly #clock: VirtualClock;
  readonly #idle = new Map<string, ClientConnection[]>();
  readonly #nextPort: () => number;

  constructor(ip: string, world: { network: VirtualNetwork; clock: VirtualClock; nextPort: () => number }) {
    this.#ip = ip;
    this.#network = world.network;
    this.#clock = world.clock;
    this.#nextPort = world.nextPort;
  }

  /** Calls `done` once, perhaps before it returns. */
  send(request: ClientRequest, done: (outcome: ClientOutcome) => void): Exchange {
    const call = new ClientCall(this, this.#clock, done);
    const connection = this.#connect(request);
    if ('code' in connection) call.fail(connection);
    else call.start(connection, request);
    return call;
  }

  /** The connection is free again, unless it must close. */
  release(connection: ClientConnection, usable: boolean): void {
    const { end, key, closed } = connection;
    connection.busy = false;
    if (!end) return;
    if (usable && key !== '' && !closed && !end.closed && !end.draining) {
      const list = this.#idle.get(key);
      if (list) list.push(connection);
      else this.#idle.set(key, [connection]);
    } else if (!end.closed) end.close(false);
  }

  #connect({ destination, version, tls, lane, tag }: ClientRequest): ClientConnection | ClientError {
    const key = lane === '' ? '' : `${lane} ${destination.ip} ${destination.port} ${version} ${tls?.sni ?? ''}`;
    const idle = this.#idle.get(key);
    for (let kept = idle?.pop(); kept; kept = idle?.pop()) {
      if (kept.end && !kept.closed && !kept.end.closed && !kept.end.draining) return kept;
      if (kept.end && !kept.end.closed) kept.end.close(false);
    }
    const connection = new ClientConnection(key);
    const http: Opening = { kind: 'http', version };
    const opening: Opening = tls ? { kind: 'tls', hello: { refuses: () => '', ...tls }, inner: http } : http;
    const dial: Dial = {
      source: { ip: this.#ip, port: this.#nextPort() },
      destination,
      opening,
      client: connection,
      tag,
    };
    const end = this.#network.fromApp(dial);
    if (isFailure(end)) return errorOf(end.failure, destination, end.reason);
    connection.end = end;
    return connection;
  }
}

function errorOf(failure: 'refused' | 'reset' | 'tls' | 'timeout', { ip, port }: Address, reason: string): ClientError {
  if (failure === 'refused') return { code: 'ECONNREFUSED', message: `connect ECONNREFUSED ${ip}:${port}` };
  if (failure === 'timeout') return { code: 'ETIMEDOUT', message: `connect ETIMEDOUT ${ip}:${port}` };
  if (failure === 'tls') return { code: 'TLS', message: reason };
  return {
    code: 'ECONNRESET',
    message: 'Client network socket disconnected before secure TLS connection was established',
  };
}

class ClientCall implements Receiver, Exchange {
  readonly #client: AppClient;
  readonly #clock: VirtualClock;
  readonly #done: (outcome: ClientOutcome) => void;
  #connection: ClientConnection | undefined;
  #exchange: Exchange | undefined;
  #response: HttpResponse | undefined;
  #timer: { cancel(): void } | undefined;
  #over = false;

  constructor(client: AppClient, clock: VirtualClock, done: (outcome: ClientOutcome) => void) {
    this.#client = client;
    this.#clock = clock;
    this.#done = done;
  }

  start(connection: ClientConnection, { headers, body, tag, timeoutMs }: ClientRequest): void {
    this.#connection = connection;
    connection.busy = true;
    const request: HttpRequest = { headers, body, tag, hops: 0 };
    const exchange = connection.end?.request(request, this);
    if (this.#over) return;
    this.#exchange = exchange;
    if (timeoutMs > 0) this.#timer = this.#clock.after(timeoutMs, () => this.#timedOut());
  }

  fail(error: ClientError): void {
    if (this.#over) return;
    this.#finish(false);
    this.#done({ error });
  }

  cancel(): void {
    if (this.#over) return;
    this.#exchange?.cancel();
    this.fail({ code: 'ABORTED', message: 'This operation was aborted' });
  }

  onResponse(response: HttpResponse, end: boolean): void {
    if (this.#over) return;
    this.#response = response;
    if (!end) return;
    this.#finish(true);
    this.#done({ response });
  }

  onData(data: Body, end: boolean): void {
    if (this.#over || !this.#response) return;
    this.#response = { ...this.#response, body: joinBodies(this.#response.body, data) };
    if (!end) return;
    this.#finish(true);
    this.#done({ response: this.#response });
  }

  onReset(): void {
    this.fail(this.#resetError());
  }

  /** An orderly end before the answer looks different from a reset (curl 52 and 56), and an alert from both. */
  #resetError(): ClientError {
    const alert = this.#connection?.end?.alert;
    if (alert !== undefined) return { code: 'TLS', message: alert };
    if (this.#connection?.closed === 'end') return { code: 'EOF', message: 'other side closed' };
    return { code: 'ECONNRESET', message: 'read ECONNRESET' };
  }

  #timedOut(): void {
    this.#exchange?.cancel();
    this.fail({ code: 'ETIMEDOUT', message: 'the request timed out' });
  }

  #finish(usable: boolean): void {
    this.#over = true;
    this.#timer?.cancel();
    if (this.#connection) this.#client.release(this.#connection, usable);
  }
}
