import { request } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect, createServer } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { type Listening, listen, socketFolder } from '../../../test/support/sockets.ts';
import { fakeContext } from '../../../test/support/workload-context.ts';
import type { HttpHandler, HttpResponse } from '../../workloads/workload.ts';
import { httpPort } from './http-port.ts';
import { Running } from './running.ts';

async function* chunks(...parts: string[]) {
  for (const part of parts) yield new TextEncoder().encode(part);
}

const handle: HttpHandler = (received): HttpResponse | Promise<HttpResponse> => {
  const [path] = received.path.split('?');
  const echo = { ...received, body: new TextDecoder().decode(received.body) };
  if (path === '/throws') throw new Error('the app is broken');
  if (path === '/rejects') return Promise.reject(new TypeError('broken later'));
  if (path === '/empty') return { status: 204 };
  if (path === '/stream') return { status: 200, body: chunks('a', 'b', 'c') };
  if (path === '/stream-breaks') return { status: 200, body: breaking() };
  if (path === '/cookies') return { status: 200, headers: { 'set-cookie': 'a=1\nb=2' } };
  return {
    status: 200,
    headers: { 'content-type': 'application/json', connection: 'keep-alive' },
    body: JSON.stringify(echo),
  };
};

async function* breaking() {
  yield new TextEncoder().encode('half');
  throw new Error('the stream is broken');
}

async function withServer(
  use: (path: string, more: { logged: string[]; server: Listening }) => Promise<void>,
): Promise<void> {
  await using folder = await socketFolder();
  const logged: string[] = [];
  const ctx = fakeContext({ log: (line) => logged.push(line) });
  const path = folder.path('app.sock');
  await using server = await listen(createServer(httpPort({ handle, ctx, running: new Running() })), path);
  await use(path, { logged, server });
}

interface Sent {
  path: string;
  method?: string;
  headers?: { [name: string]: string };
  body?: string;
}

async function http1(socketPath: string, { path, method = 'GET', headers = {}, body }: Sent) {
  const sent = request({ socketPath, path, method, headers, agent: false });
  const { promise, resolve, reject } = Promise.withResolvers<import('node:http').IncomingMessage>();
  sent.on('response', resolve).on('error', reject).end(body);
  const response = await promise;
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

async function http2(socketPath: string, { path, method = 'GET', headers = {}, body }: Sent) {
  const session = connectHttp2('http://app', { createConnection: () => connect(socketPath) });
  try {
    const stream = session.request({ ':path': path, ':method': method, ...headers }, { endStream: body === undefined });
    if (body !== undefined) stream.end(body);
    const { promise, resolve, reject } = Promise.withResolvers<import('node:http2').IncomingHttpHeaders>();
    stream.on('response', resolve).on('error', reject);
    const answered = await promise;
    return { status: Number(answered[':status']), headers: answered, body: (await buffer(stream)).toString() };
  } finally {
    session.destroy();
  }
}

describe.each([
  ['HTTP/1.1', http1],
  ['HTTP/2 by prior knowledge', http2],
])('%s', (_, send) => {
  it.each<[string, Sent, number, string | RegExp]>([
    [
      'a request',
      { path: '/x?y=1', headers: { 'x-a': 'b' } },
      200,
      /"method":"GET","path":"\/x\?y=1".*"x-a":"b".*"body":""/,
    ],
    ['a body', { path: '/', method: 'POST', body: 'hello' }, 200, /"method":"POST".*"body":"hello"/],
    ['HEAD', { path: '/', method: 'HEAD' }, 200, ''],
    ['no content', { path: '/empty' }, 204, ''],
    ['a streamed answer', { path: '/stream' }, 200, 'abc'],
    ['an app that throws', { path: '/throws' }, 500, 'Internal Server Error\n'],
    ['an app that rejects', { path: '/rejects' }, 500, 'Internal Server Error\n'],
    ['a body too long', { path: '/', method: 'POST', body: 'x'.repeat(10 * 1024 * 1024 + 1) }, 413, ''],
  ])('%s', async (_, sent, status, body) => {
    await withServer(async (path) => {
      const answer = await send(path, sent);
      expect(answer.status).toBe(status);
      expect(answer.body).toEqual(body instanceof RegExp ? expect.stringMatching(body) : body);
    });
  });

  it('sends each cookie apart', async () => {
    await withServer(async (path) => {
      expect((await send(path, { path: '/cookies' })).headers['set-cookie']).toEqual(['a=1', 'b=2']);
    });
  });

  it('breaks an answer that breaks, and goes on', async () => {
    await withServer(async (path, { logged }) => {
      await expect(send(path, { path: '/stream-breaks' })).rejects.toThrow();
      expect((await send(path, { path: '/' })).status).toBe(200);
      expect(logged.join()).toContain('the stream is broken');
    });
  });

  it('logs a line for each request, and what went wrong', async () => {
    await withServer(async (path, { logged }) => {
      await send(path, { path: '/throws', headers: { 'x-request-id': '7' } });
      expect(JSON.parse(logged[0] ?? '')).toMatchObject({
        method: 'GET',
        path: '/throws',
        headers: { 'x-request-id': '7' },
      });
      expect(logged[1]).toContain('Error: the app is broken');
    });
  });
});

describe('connections', () => {
  /** Sends text, collects what comes until the other side ends or `until` has come. */
  async function raw(path: string, parts: string[], until: string): Promise<{ received: string; ended: boolean }> {
    const socket = connect(path);
    let received = '';
    for (const part of parts) await new Promise((sent) => socket.write(part, sent));
    for await (const chunk of socket) {
      received += chunk;
      if (received.includes(until)) return { received, ended: false };
    }
    return { received, ended: true };
  }
  const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nhost: app\r\n${more}\r\n`;

  it('are kept, with nothing said of a close', async () => {
    await withServer(async (path) => {
      const { received, ended } = await raw(path, [get('/empty'), get('/x')], '"body":""');
      expect(ended).toBe(false);
      expect(received.match(/HTTP\/1\.1 20[04]/g)).toHaveLength(2);
      expect(received.toLowerCase()).not.toContain('connection: close');
    });
  });

  it('are closed when asked', async () => {
    await withServer(async (path) => {
      const { received, ended } = await raw(path, [get('/stream', 'connection: close\r\n')], 'never');
      expect(ended).toBe(true);
      expect(received.toLowerCase()).toContain('connection: close');
    });
  });

  it.each([
    [
      'a method cut in pieces',
      ['P', 'R', 'OPFIND /stream HTTP/1.1\r\nhost: app\r\nconnection: close\r\n\r\n'],
      /^HTTP\/1\.1 200/,
    ],
    ['nonsense', ['hello\r\n\r\n'], /^HTTP\/1\.1 400/],
  ])('%s', async (_, parts, first) => {
    await withServer(async (path) => expect((await raw(path, parts, 'never')).received).toMatch(first));
  });

  it('that end before a word do no harm', async () => {
    await withServer(async (path) => {
      const socket = connect(path);
      socket.end();
      for await (const _ of socket);
      expect((await http1(path, { path: '/' })).status).toBe(200);
    });
  });
});
