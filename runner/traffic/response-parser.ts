import { KindError } from './failure.ts';

export interface Response {
  status: number;
  headers: { [name: string]: string };
  /** At most 64 KiB of it, as UTF-8. */
  body: string;
  /** Whether another request may follow on the connection. */
  isReusable: boolean;
}

const maxHead = 64 * 1024;
const maxBody = 64 * 1024;

type Framing = { kind: 'length'; left: number } | { kind: 'chunked' } | { kind: 'close' } | { kind: 'none' };
type State = 'head' | 'body' | 'chunk size' | 'chunk' | 'chunk end' | 'trailer' | 'done';

/**
 * Reads one HTTP/1.1 response (RFC 9112, 4 to 7). Written by hand because node:http costs four times the processor time
 * per request, on cores that the proxies need as well.
 */
export class ResponseParser {
  readonly #method: string;
  #state: State = 'head';
  #rest: Buffer = Buffer.alloc(0);
  #status = 0;
  #headers: { [name: string]: string } = {};
  #framing: Framing = { kind: 'none' };
  #isReusable = true;
  #left = 0;
  readonly #body: Buffer[] = [];
  #bodyLength = 0;

  constructor(method: string) {
    this.#method = method;
  }

  /** Throws a KindError (OTHER) for what is no HTTP. */
  push(chunk: Buffer): Response | undefined {
    let data: Buffer | undefined = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    this.#rest = Buffer.alloc(0);
    while (data !== undefined && this.#state !== 'done' && (data.length > 0 || this.#isComplete()))
      data = this.#step(data);
    if (this.#state !== 'done') return undefined;
    // Bytes that nobody asked for: the next answer could not be told from them.
    return this.#response(this.#isReusable && (data?.length ?? 0) === 0);
  }

  /** The other side has ended the connection. Undefined: in the middle of the answer, or before it. */
  end(): Response | undefined {
    return this.#state === 'body' && this.#framing.kind === 'close' ? this.#response(false) : undefined;
  }

  /** For messages. */
  get progress(): string {
    if (this.#state !== 'head') return `in the body of an answer with status ${this.#status}`;
    return this.#rest.length > 0 ? 'in the headers of an answer' : 'without an answer';
  }

  /** Whether there is nothing more to read for the present state. */
  #isComplete(): boolean {
    return this.#state === 'body' && this.#framing.kind === 'length' && this.#left === 0;
  }

  /** Takes what it can from the front and returns the rest; undefined when more is needed. */
  #step(data: Buffer): Buffer | undefined {
    switch (this.#state) {
      case 'head':
        return this.#head(data);
      case 'body':
        return this.#framing.kind === 'length' ? this.#take(data, 'done') : this.#untilClose(data);
      case 'chunk size':
        return this.#line(data, (line) => this.#chunkSize(line));
      case 'chunk':
        return this.#take(data, 'chunk end');
      case 'chunk end':
        return this.#line(data, (line) => this.#chunkEnd(line));
      default:
        return this.#line(data, (line) => void (line === '' && this.#become('done')));
    }
  }

  #become(state: State): void {
    this.#state = state;
  }

  #head(data: Buffer): Buffer | undefined {
    const end = data.indexOf('\r\n\r\n');
    if (end < 0) return this.#wait(data);
    this.#readHead(data.toString('latin1', 0, end));
    return data.subarray(end + 4);
  }

  #wait(data: Buffer): undefined {
    if (data.length > maxHead) throw new KindError('OTHER', 'the answer has more than 64 KiB of headers');
    this.#rest = data;
  }

  #readHead(text: string): void {
    const [first = '', ...lines] = text.split('\r\n');
    const [, minor, status = ''] = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/.exec(first) ?? [];
    if (minor === undefined)
      throw new KindError('OTHER', `not an HTTP/1.1 answer: ${JSON.stringify(first.slice(0, 100))}`);
    this.#status = Number(status);
    this.#headers = readHeaders(lines);
    // An interim answer is followed by the real one (RFC 9110, 15.2).
    if (this.#status < 200 && this.#status !== 101) return;
    const connection = this.#headers.connection?.toLowerCase() ?? '';
    this.#isReusable = minor === '1' ? !connection.includes('close') : connection.includes('keep-alive');
    this.#framing = this.#frame();
    this.#start();
  }

  #frame(): Framing {
    if (this.#method === 'HEAD' || [101, 204, 304].includes(this.#status)) return { kind: 'none' };
    const { 'transfer-encoding': encoding, 'content-length': length } = this.#headers;
    if (encoding !== undefined) return /chunked\s*$/i.test(encoding) ? { kind: 'chunked' } : { kind: 'close' };
    if (length === undefined) return { kind: 'close' };
    if (!/^\d{1,15}$/.test(length)) throw new KindError('OTHER', `not a content-length: ${JSON.stringify(length)}`);
    return { kind: 'length', left: Number(length) };
  }

  #start(): void {
    const { kind } = this.#framing;
    if (this.#framing.kind === 'length') this.#left = this.#framing.left;
    this.#become(kind === 'chunked' ? 'chunk size' : kind === 'none' ? 'done' : 'body');
  }

  #untilClose(data: Buffer): Buffer {
    this.#keep(data);
    return data.subarray(data.length);
  }

  #take(data: Buffer, then: State): Buffer {
    const part = data.subarray(0, this.#left);
    this.#keep(part);
    this.#left -= part.length;
    if (this.#left === 0) this.#become(then);
    return data.subarray(part.length);
  }

  #keep(part: Buffer): void {
    const kept = part.subarray(0, maxBody - this.#bodyLength);
    if (kept.length === 0) return;
    this.#bodyLength += kept.length;
    this.#body.push(kept);
  }

  #line(data: Buffer, read: (line: string) => void): Buffer | undefined {
    const end = data.indexOf('\r\n');
    if (end < 0) return this.#wait(data);
    read(data.toString('latin1', 0, end));
    return data.subarray(end + 2);
  }

  #chunkSize(line: string): void {
    const [, size] = /^([0-9a-fA-F]{1,12})\s*(?:;.*)?$/.exec(line) ?? [];
    if (size === undefined) throw new KindError('OTHER', `not a chunk size: ${JSON.stringify(line.slice(0, 100))}`);
    this.#left = Number.parseInt(size, 16);
    this.#become(this.#left === 0 ? 'trailer' : 'chunk');
  }

  #chunkEnd(line: string): void {
    if (line !== '') throw new KindError('OTHER', 'a chunk is longer than it says');
    this.#become('chunk size');
  }

  #response(isReusable: boolean): Response {
    const [first] = this.#body;
    const body = this.#body.length > 1 ? Buffer.concat(this.#body) : first;
    return { status: this.#status, headers: this.#headers, body: body?.toString() ?? '', isReusable };
  }
}

function readHeaders(lines: string[]): { [name: string]: string } {
  const headers: { [name: string]: string } = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) throw new KindError('OTHER', `not a header: ${JSON.stringify(line.slice(0, 100))}`);
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers[name];
    // Only set-cookie cannot be joined by a comma (RFC 9110, 5.3).
    headers[name] = before === undefined ? value : `${before}${name === 'set-cookie' ? '\n' : ', '}${value}`;
  }
  return headers;
}
