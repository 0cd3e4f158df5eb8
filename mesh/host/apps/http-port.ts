import * as http1 from 'node:http';
import * as http2 from 'node:http2';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { requestLine } from '../../workloads/request-log.ts';
import type { HttpHandler, HttpResponse, WorkloadContext } from '../../workloads/workload.ts';
import { flatHeaders, nodeHeaders } from './headers.ts';
import type { Running } from './running.ts';

type Incoming = http1.IncomingMessage | http2.Http2ServerRequest;
type Outgoing = http1.ServerResponse | http2.Http2ServerResponse;

/** More than any lab sends; a body is kept in memory. */
const maxBody = 10 * 1024 * 1024;

export interface HttpPort {
  handle: HttpHandler;
  ctx: WorkloadContext;
  running: Running;
}

/** Serves connections with HTTP/1.1, or HTTP/2 without TLS when the client starts with its preface (RFC 9113, 3.3). */
export function httpPort(port: HttpPort): (socket: Socket) => void {
  const listener = (request: Incoming, response: Outgoing) => {
    response.once('close', port.running.enter());
    void answer(request, response, port);
  };
  // No idle limit: a connection that the app closes just as the proxy uses it would be an error of ours in a measurement.
  const one = http1.createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, listener);
  const two = http2.createServer(listener);
  return (socket) => firstBytes(socket, (isHttp2) => (isHttp2 ? two : one).emit('connection', socket));
}

const preface = 'PRI';

/** No method of HTTP/1 starts with PRI. `seen`: what was read already. */
function firstBytes(socket: Socket, decide: (isHttp2: boolean) => void, seen = ''): void {
  // The server that takes over has handlers of its own; until then a broken connection is nobody's concern.
  const ignore = () => {};
  const ended = () => socket.destroy();
  socket.on('error', ignore).on('end', ended);
  socket.once('readable', () => {
    const chunk: Buffer | null = socket.read();
    socket.off('error', ignore).off('end', ended);
    // `readable` also tells that the end was reached, or nothing at all when the bytes come a moment later.
    if (chunk === null) return firstBytes(socket, decide, seen);
    const text = seen + chunk.toString('latin1');
    if (text.length < preface.length && preface.startsWith(text)) return firstBytes(socket, decide, text);
    socket.unshift(Buffer.from(text, 'latin1'));
    decide(text.startsWith(preface));
  });
}

async function answer(request: Incoming, response: Outgoing, { handle, ctx }: HttpPort): Promise<void> {
  try {
    const body = await readBody(request);
    if (body === undefined) return write(response, { status: 413, headers: { connection: 'close' }, body: '' });
    const headers = flatHeaders(request.headers);
    const received = { method: request.method ?? '', path: request.url ?? '', headers, body };
    ctx.log(requestLine(received));
    await write(response, withLoggedBody(await handle(received, ctx), ctx));
  } catch (error) {
    fail(response, error, ctx);
  }
}

const none = new Uint8Array(0);

/** Undefined: too long. */
async function readBody(request: Incoming): Promise<Uint8Array | undefined> {
  const { headers } = request;
  const isHttp1 = request.httpVersionMajor === 1;
  if (isHttp1 && headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return none;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBody) return undefined;
    chunks.push(chunk);
  }
  return chunks.length === 0 ? none : new Uint8Array(Buffer.concat(chunks));
}

/** A body that breaks says so in the log; that the client went away is no failure of the app. */
function withLoggedBody(response: HttpResponse, ctx: WorkloadContext): HttpResponse {
  const { body } = response;
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return response;
  return { ...response, body: logged(body, ctx) };
}

async function* logged(body: AsyncIterable<Uint8Array>, ctx: WorkloadContext): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    ctx.log(describe(error));
    throw error;
  }
}

/** Statuses that never have a body (RFC 9110, 6.4.1). */
const bodyless = new Set([204, 304]);

function write(response: Outgoing, { status, headers = {}, body = '' }: HttpResponse): Promise<void> | undefined {
  if (isGone(response)) return undefined;
  const all = nodeHeaders(headers, isHttp2(response));
  const isWhole = typeof body === 'string' || body instanceof Uint8Array;
  if (isWhole && !bodyless.has(status)) all['content-length'] = Buffer.byteLength(body);
  // Both have this overload; TypeScript cannot call a union of overloaded methods.
  (response as http1.ServerResponse).writeHead(status, all);
  if (!isWhole) return pipeline(Readable.from(body), response);
  response.end(body);
  return undefined;
}

/** A handler that throws is the app's failure: 500 and a line in its log, and the process lives on. */
function fail(response: Outgoing, error: unknown, ctx: WorkloadContext): void {
  if (isGone(response)) return;
  ctx.log(describe(error));
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  if (response.headersSent) cut(response);
  else write(response, { status: 500, headers, body: 'Internal Server Error\n' });
}

const describe = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** The client went away while its request was read or answered. */
const isGone = (response: Outgoing): boolean => (isHttp2(response) ? response.stream.destroyed : response.destroyed);

function cut(response: Outgoing): void {
  if (isHttp2(response)) response.stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
  else response.destroy();
}

const isHttp2 = (response: Outgoing): response is http2.Http2ServerResponse => 'stream' in response;
