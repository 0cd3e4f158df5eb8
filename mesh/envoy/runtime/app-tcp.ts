import type { ClientEnd, Dial, Exchange, Receiver, ServerEnd, ServerHello } from '../../world/connection.ts';
import type { Body, HttpRequest } from '../../world/http-message.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';

/** A TCP connection in an app's hands; the shape of mesh/kube's ByteStream. */
export interface AppStream {
  readable: ReadableStream<Uint8Array>;
  writable: WritableStream<Uint8Array>;
}

const encode = new TextEncoder();
const nothing: Exchange = { cancel: () => undefined };

/** A TCP app behind web streams. */
export class TcpEnd implements ServerEnd {
  readonly layers: readonly ServerHello[] = [];
  readonly draining = false;
  closed = false;
  readonly #client: ClientEnd;
  readonly #clock: VirtualClock;
  #incoming: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(serve: (connection: AppStream) => Promise<void>, dial: Dial, clock: VirtualClock) {
    this.#client = dial.client;
    const readable = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#incoming = controller;
      },
    });
    const writable = new WritableStream<Uint8Array>({
      write: (chunk) => this.#client.onData(chunk),
      close: () => this.#client.onEnd(),
      abort: () => this.#shut(true),
    });
    clock.follow(
      serve({ readable, writable }),
      () => this.#shut(false),
      () => this.#shut(true),
    );
    this.#clock = clock;
  }

  request(_request: HttpRequest, receiver: Receiver): Exchange {
    receiver.onReset('protocol error');
    return nothing;
  }

  data(data: Body): void {
    if (this.closed) return;
    this.#incoming?.enqueue(typeof data === 'string' ? encode.encode(data) : data);
    this.#clock.touch();
  }

  end(): void {
    if (this.closed) return;
    this.#incoming?.close();
    this.#clock.touch();
  }

  close(reset: boolean): void {
    if (this.closed) return;
    this.closed = true;
    if (reset) this.#incoming?.error(new Error('ECONNRESET'));
    else closeQuietly(this.#incoming);
    this.#clock.touch();
  }

  #shut(reset: boolean): void {
    if (this.closed) return;
    this.closed = true;
    closeQuietly(this.#incoming);
    this.#client.onClose(reset);
  }
}

/** The client may have ended its half already. */
function closeQuietly(controller: ReadableStreamDefaultController<Uint8Array> | undefined): void {
  try {
    controller?.close();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
