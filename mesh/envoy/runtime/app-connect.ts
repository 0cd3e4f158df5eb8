import { type Address, type ClientEnd, isFailure, type ServerEnd } from '../../world/connection.ts';
import { ErrnoError } from '../../world/dial.ts';
import type { Body } from '../../world/http-message.ts';
import type { VirtualNetwork } from '../../world/network.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';
import type { AppStream } from './app-tcp.ts';

const bytesOf = (data: Body): Uint8Array => (typeof data === 'string' ? new TextEncoder().encode(data) : data);

/** The client's end of an app's TCP connection, behind web streams. */
class ConnectedEnd implements ClientEnd {
  readonly readable: ReadableStream<Uint8Array>;
  readonly #clock: VirtualClock;
  #incoming: ReadableStreamDefaultController<Uint8Array> | undefined;
  #ended = false;
  wasReset = false;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
    this.readable = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#incoming = controller;
      },
    });
  }

  onData(data: Body): void {
    if (!this.#ended) this.#incoming?.enqueue(bytesOf(data));
    this.#clock.touch();
  }

  onEnd(): void {
    if (!this.#ended) this.#incoming?.close();
    this.#ended = true;
    this.#clock.touch();
  }

  onClose(reset: boolean): void {
    this.wasReset ||= reset;
    if (!this.#ended && reset) this.#incoming?.error(new ErrnoError('ECONNRESET', 'read ECONNRESET'));
    else if (!this.#ended) this.#incoming?.close();
    this.#ended = true;
    this.#clock.touch();
  }
}

/** A TCP connection as an app makes it. Rejects with an ErrnoError (ECONNREFUSED, ECONNRESET, ETIMEDOUT). */
export function connectFrom(
  world: { network: VirtualNetwork; clock: VirtualClock },
  source: Address,
  destination: Address,
): Promise<AppStream> {
  const client = new ConnectedEnd(world.clock);
  // Nobody knows yet who speaks first.
  const end = world.network.fromApp({ source, destination, opening: { kind: 'silent' }, client });
  return world.clock.promise((resolve, reject) => {
    if (!isFailure(end)) return resolve({ readable: client.readable, writable: writableTo(end, client) });
    const code = end.failure === 'refused' ? 'ECONNREFUSED' : end.failure === 'timeout' ? 'ETIMEDOUT' : 'ECONNRESET';
    reject(new ErrnoError(code, `connect ${code} ${destination.ip}:${destination.port}`));
  });
}

const writableTo = (end: ServerEnd, client: ConnectedEnd): WritableStream<Uint8Array> =>
  new WritableStream<Uint8Array>({
    write(chunk) {
      const code = client.wasReset ? 'ECONNRESET' : 'EPIPE';
      if (end.closed) throw new ErrnoError(code, `write ${code}`);
      end.data(chunk);
    },
    close: () => end.end(),
    abort: () => end.close(true),
  });
