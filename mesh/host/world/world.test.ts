import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { uplinkHeader } from '../../world/dial.ts';
import { decodeProxy, encodeProxyV2 } from '../../world/proxy-protocol.ts';
import type { World, WorldConnection, WorldTarget } from './types.ts';
import { startWorld } from './world.ts';

const source = { ip: '10.244.1.5', port: 40_000 };
const vip = { ip: '10.96.0.11', port: 80 };
const secret = 's3cret';

let folder: string;
let world: World;
let reached: WorldConnection[];
let targets: { [address: string]: WorldTarget };
let draws: number[];
const closers: (() => void)[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ml-'));
  reached = [];
  targets = {};
  draws = [];
  world = await startWorld({
    secret,
    resolve: ({ destination: d }) => targets[`${d.ip}:${d.port}`] ?? { kind: 'refuse' },
    random: { next: () => draws.shift() ?? 0 },
    onConnection: (connection) => reached.push(connection),
  });
});
afterEach(async () => {
  for (const close of closers.splice(0)) close();
  await world.close();
  rmSync(folder, { recursive: true });
});

/** A server on a Unix socket (a name) or a port of 127.0.0.1 (0). */
async function serve(at: string | 0, onConnection: (socket: Socket) => void): Promise<{ path: string; port: number }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    closers.push(() => socket.destroy());
    socket.on('error', () => {});
    onConnection(socket);
  });
  const path = at === 0 ? '' : join(folder, at);
  server.listen(at === 0 ? { port: 0, host: '127.0.0.1' } : { path });
  await once(server, 'listening');
  closers.push(() => server.close());
  return { path, port: at === 0 ? (server.address() as AddressInfo).port : 0 };
}

function dial(destination = vip, given = secret): Socket {
  const socket = connect({ port: world.port, host: '127.0.0.1', allowHalfOpen: true });
  closers.push(() => socket.destroy());
  socket.write(uplinkHeader({ port: world.port, secret: given }, source, destination));
  return socket;
}

/** Everything that comes until the end, or the error's code. */
function read(socket: Socket): Promise<string> {
  let data = '';
  return new Promise((resolve) => {
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      data += chunk;
    });
    socket.on('end', () => resolve(data));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(`${data}${error.code}`));
  });
}

const echo = (socket: Socket) => socket.pipe(socket);

describe('world', () => {
  it('listens on 127.0.0.1 only', async () => {
    const other = connect({ port: world.port, host: '127.0.0.2' });
    const [error] = await once(other, 'error').catch((e) => [e]);
    expect(error.code).toBe('ECONNREFUSED');
  });

  it.for([
    ['without header', 'GET / HTTP/1.1\r\n\r\n'],
    ['with version 1, which has no secret', 'PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n'],
    ['without secret', encodeProxyV2(source, vip)],
    ['with a wrong secret', uplinkHeader({ port: 0, secret: 's3creT' }, source, vip)],
    [
      'with a header that does not end',
      Buffer.concat([encodeProxyV2(source, vip).subarray(0, 14), Buffer.alloc(2000, 255)]),
    ],
  ] as const)('resets a connection %s and asks nobody', async ([, bytes]) => {
    const socket = connect({ port: world.port, host: '127.0.0.1' });
    socket.write(bytes);
    expect(await read(socket)).toBe('ECONNRESET');
    expect(reached).toEqual([]);
  });

  it('takes a header that arrives byte by byte, with data behind it', async () => {
    const { path } = await serve('app', echo);
    targets['10.96.0.11:80'] = { kind: 'app', socket: path };
    const socket = connect({ port: world.port, host: '127.0.0.1', noDelay: true });
    const answer = read(socket);
    for (const byte of [...uplinkHeader({ port: 0, secret }, source, vip), ...Buffer.from('hi')]) {
      await new Promise((resolve) => socket.write(Buffer.from([byte]), resolve));
    }
    socket.end();
    expect(await answer).toBe('hi');
  });

  it('resets what leads nowhere', async () => {
    expect(await read(dial())).toBe('ECONNRESET');
    expect(reached).toEqual([{ source, destination: vip, fromInbound: false, target: 'refuse' }]);
  });

  it('closes each half for itself', async () => {
    const { path } = await serve('app', (socket) => {
      // Answers only after the other side has said that it is done.
      socket.on('data', () => {}).on('end', () => socket.end('after the end'));
    });
    targets['10.96.0.11:80'] = { kind: 'app', socket: path };
    const socket = dial();
    socket.end('request');
    expect(await read(socket)).toBe('after the end');
  });

  it('sends a PROXY header with the secret and the addresses to a proxy', async () => {
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    const { port } = await serve(0, (socket) => socket.once('data', resolve));
    targets['10.96.0.11:80'] = { kind: 'inbound', port };
    dial().write('x');
    const decoded = decodeProxy(await promise);
    expect(decoded).toMatchObject({ kind: 'header', header: { addresses: { source, destination: vip } } });
    expect(decoded.kind === 'header' && Buffer.from(decoded.header.tlvs[0]?.value ?? []).toString()).toBe(secret);
  });

  it('treats a Service as kube-proxy: an endpoint by chance, refused without any', async () => {
    const a = await serve('a', (socket) => socket.end('a'));
    const b = await serve('b', (socket) => socket.end('b'));
    const endpoints = [
      { ip: '10.244.1.1', port: 3000 },
      { ip: '10.244.1.2', port: 3000 },
    ];
    targets['10.96.0.11:80'] = { kind: 'service', endpoints };
    targets['10.244.1.1:3000'] = { kind: 'app', socket: a.path };
    targets['10.244.1.2:3000'] = { kind: 'app', socket: b.path };
    draws = [0.99, 0];
    expect([await read(dial()), await read(dial())]).toEqual(['b', 'a']);
    expect(reached[0]).toEqual({ source, destination: endpoints[1], fromInbound: false, target: 'app' });
    targets['10.96.0.11:80'] = { kind: 'service', endpoints: [] };
    expect(await read(dial())).toBe('ECONNRESET');
  });

  it('hands a connection to a simulated host', async () => {
    targets['10.96.0.11:80'] = {
      kind: 'external',
      serve: (socket, request) => socket.end(`you are ${request.source.ip}`),
    };
    expect(await read(dial())).toBe('you are 10.244.1.5');
  });

  it('passes a reset on in both directions', async () => {
    const { promise: seen, resolve } = Promise.withResolvers<string>();
    const { port } = await serve(0, (socket) => {
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
      socket.on('data', (data) => {
        if (data.includes('reset me')) socket.resetAndDestroy();
        else socket.write('ok');
      });
    });
    targets['10.96.0.11:80'] = { kind: 'inbound', port };
    const first = dial();
    first.write('reset me');
    expect(await read(first)).toBe('ECONNRESET');
    const second = dial();
    second.write('hello');
    await once(second, 'data');
    second.resetAndDestroy();
    expect(await seen).toBe('ECONNRESET');
  });

  it('resets when the app’s socket does not exist', async () => {
    targets['10.96.0.11:80'] = { kind: 'app', socket: join(folder, 'nobody') };
    expect(await read(dial())).toBe('ECONNRESET');
  });

  it.for([
    ['reads no faster than a slow app takes', (socket: Socket) => socket.pause(), false],
    ['passes everything on to a fast one', (socket: Socket) => socket.resume(), true],
  ] as const)('%s', async ([, take, all]) => {
    const { path } = await serve('app', (socket) => void take(socket));
    targets['10.96.0.11:80'] = { kind: 'app', socket: path };
    const socket = dial();
    const size = 64 << 20;
    socket.write(Buffer.alloc(size));
    const gone = () => socket.bytesWritten - socket.writableLength >= size;
    // Turns of the event loop instead of time: the fast app needs far fewer.
    for (let turn = 0; turn < 20_000 && !gone(); turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(gone()).toBe(all);
  });
});
