import type { Acceptor, Dial, Exchange, Receiver, ServerEnd, ServerHello } from '../../world/connection.ts';
import { HeaderList } from '../../world/header-list.ts';
import { type Body, bodyLength, type HttpRequest } from '../../world/http-message.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';
import { type AppStream, TcpEnd } from './app-tcp.ts';

export type { AppStream };

/** A request as an app's handler sees it; the shape of mesh/workloads. */
export interface AppRequest {
  method: string;
  /** With query. */
  path: string;
  headers: { [name: string]: string };
  body: Uint8Array;
  remoteAddress?: string;
}

export interface AppResponse {
  status: number;
  headers?: { [name: string]: string };
  body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

export type AppPort =
  | { protocol: 'http'; handle(request: AppRequest): AppResponse | Promise<AppResponse> }
  | { protocol: 'tcp'; serve(connection: AppStream): Promise<void> };

const empty = new Uint8Array(0);
const encode = new TextEncoder();
const nothing: Exchange = { cancel: () => undefined };

/** A server of an app on one port. */
export class AppServer implements Acceptor {
  readonly #port: AppPort;
  readonly #clock: VirtualClock;
  readonly #onRequest: ((request: HttpRequest, at: { ip: string; port: number }) => void) | undefined;

  /** `onRequest`: only in a replay. */
  constructor(
    port: AppPort,
    clock: VirtualClock,
    onRequest?: (request: HttpRequest, at: { ip: string; port: number }) => void,
  ) {
    this.#port = port;
    this.#clock = clock;
    this.#onRequest = onRequest;
  }

  accept(dial: Dial): ServerEnd {
    if (this.#port.protocol === 'tcp') return new TcpEnd(this.#port.serve, dial, this.#clock);
    return new HttpEnd(this.#port, dial, { clock: this.#clock, onRequest: this.#onRequest });
  }
}

class HttpEnd implements ServerEnd {
  readonly layers: readonly ServerHello[] = [];
  readonly draining = false;
  closed = false;
  readonly #port: AppPort & { protocol: 'http' };
  readonly #dial: Dial;
  readonly #world: {
    clock: VirtualClock;
    onRequest: ((request: HttpRequest, at: { ip: string; port: number }) => void) | undefined;
  };

  constructor(
    port: AppPort & { protocol: 'http' },
    dial: Dial,
    world: {
      clock: VirtualClock;
      onRequest: ((request: HttpRequest, at: { ip: string; port: number }) => void) | undefined;
    },
  ) {
    this.#port = port;
    this.#dial = dial;
    this.#world = world;
  }

  request(request: HttpRequest, receiver: Receiver): Exchange {
    // TLS or bytes to a port that speaks HTTP in the clear.
    if (this.#dial.opening.kind === 'tls') return this.#break(receiver);
    this.#world.onRequest?.(request, this.#dial.destination);
    const call = new Call(receiver, this.#world.clock, request.headers.get(':method') === 'HEAD');
    let result: AppResponse | Promise<AppResponse>;
    try {
      result = this.#port.handle(toApp(request, this.#dial.source.ip));
    } catch {
      return this.#fail(call);
    }
    if (!(result instanceof Promise)) {
      call.answer(result);
      return call;
    }
    this.#world.clock.follow(
      result,
      (response) => call.answer(response),
      () => this.#fail(call),
    );
    return call;
  }

  data(): void {
    this.close();
    this.#dial.client.onClose(true);
  }

  end(): void {
    this.close();
  }

  close(): void {
    this.closed = true;
  }

  /** A handler that throws: as a Node server does, the connection ends without an answer. */
  #fail(call: Call): Exchange {
    call.fail();
    this.close();
    this.#dial.client.onClose(true);
    return call;
  }

  #break(receiver: Receiver): Exchange {
    this.close();
    receiver.onReset('connection termination');
    return nothing;
  }
}

/** One request in an app. */
class Call implements Exchange {
  readonly #receiver: Receiver;
  readonly #clock: VirtualClock;
  readonly #isHead: boolean;
  #over = false;

  constructor(receiver: Receiver, clock: VirtualClock, isHead: boolean) {
    this.#receiver = receiver;
    this.#clock = clock;
    this.#isHead = isHead;
  }

  cancel(): void {
    this.#over = true;
  }

  fail(): void {
    if (this.#over) return;
    this.#over = true;
    this.#receiver.onReset('connection termination');
  }

  answer({ status, headers, body }: AppResponse): void {
    if (this.#over) return;
    const list = new HeaderList();
    for (const name in headers) addHeader(list, name.toLowerCase(), headers[name] ?? '');
    if (body !== undefined && typeof body === 'object' && Symbol.asyncIterator in body) {
      this.#receiver.onResponse({ status, headers: list, body: '' }, false);
      this.#clock.follow(
        this.#stream(body),
        () => undefined,
        () => this.fail(),
      );
      return;
    }
    const content: Body = body ?? '';
    if (!list.has('content-length')) list.add('content-length', String(content.length === 0 ? 0 : bodyLength(content)));
    this.#over = true;
    // RFC 9110, 9.3.2: what a GET would get, without its content.
    this.#receiver.onResponse({ status, headers: list, body: this.#isHead ? '' : content }, true);
  }

  async #stream(body: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of body) {
      if (this.#over) return;
      this.#receiver.onData(chunk, false);
    }
    if (this.#over) return;
    this.#over = true;
    this.#receiver.onData('', true);
  }
}

/** Values of set-cookie stand on lines of their own, because commas cannot part them. */
function addHeader(list: HeaderList, name: string, value: string): void {
  if (name === 'set-cookie') for (const cookie of value.split('\n')) list.add(name, cookie);
  else list.add(name, value);
}

function toApp({ headers, body }: HttpRequest, remoteAddress: string): AppRequest {
  const map: { [name: string]: string } = {};
  let [method, path] = ['GET', '/'];
  const { names, values } = headers;
  for (let i = 0; i < names.length; i++) {
    const [name, value] = [names[i] ?? '', values[i] ?? ''];
    if (name === ':method') method = value;
    else if (name === ':path') path = value;
    else if (name === ':authority') map.host = value;
    else if (name.charCodeAt(0) !== 58) map[name] = name in map ? `${map[name]}, ${value}` : value;
  }
  const bytes = body.length === 0 ? empty : typeof body === 'string' ? encode.encode(body) : body;
  return { method, path, headers: map, body: bytes, remoteAddress };
}
