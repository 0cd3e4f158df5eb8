import type { Socket } from 'node:net';
import { KindError } from './failure.ts';
import { type Response, ResponseParser } from './response-parser.ts';

/** One connection; one request at a time. */
export class Connection {
  readonly #socket: Socket;
  #parser: ResponseParser | undefined;
  #pending: PromiseWithResolvers<Response> | undefined;
  /** Why the connection is over. */
  #reason: Error | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#data(chunk));
    socket.on('end', () => this.#end());
    socket.on('error', (error) => this.close(error));
    socket.on('close', () => this.close(closed));
    // It may have broken before anybody listened.
    if (socket.destroyed) this.close(socket.errored ?? closed);
  }

  /** False after an error, an end, or an answer that says so. */
  get isUsable(): boolean {
    return this.#reason === undefined;
  }

  /** Rejects with what failure() understands. */
  exchange(bytes: Buffer, method: string): Promise<Response> {
    if (this.#reason) return Promise.reject(this.#reason);
    this.#parser = new ResponseParser(method);
    const pending = Promise.withResolvers<Response>();
    this.#pending = pending;
    this.#socket.write(bytes);
    return pending.promise;
  }

  /** Ends the connection; `reason` is what a running exchange rejects with. */
  close(reason: Error): void {
    this.#reason ??= reason;
    this.#pending?.reject(reason);
    this.#pending = undefined;
    this.#socket.destroy();
  }

  #data(chunk: Buffer): void {
    try {
      // An answer to nothing.
      if (!this.#pending || !this.#parser) throw new KindError('OTHER', 'bytes without a request');
      const response = this.#parser.push(chunk);
      if (response) this.#answer(response);
    } catch (error) {
      this.close(error as Error);
    }
  }

  #end(): void {
    const response = this.#pending && this.#parser?.end();
    if (response) this.#answer(response);
    this.close(new KindError('EOF', `closed by the other side ${this.#parser?.progress ?? 'without an answer'}`));
  }

  #answer(response: Response): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (!response.isReusable) this.close(new KindError('ABORTED', 'not used again'));
    pending?.resolve(response);
  }
}

const closed = new KindError('ABORTED', 'the connection was closed');
