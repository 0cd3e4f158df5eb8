import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, encode } from 'dns-packet';
import { decodeProxy, type ProxyHeader } from '../../mesh/world/proxy-protocol.ts';

/** A folder (0700) for Unix sockets, short enough for their names; removed by `using`. */
export async function socketFolder(): Promise<AsyncDisposable & { path(name: string): string }> {
  const folder = await mkdtemp(join(tmpdir(), 'ml-'));
  return {
    path: (name) => join(folder, name),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Anything that listens, with its connections. */
export interface Listening extends AsyncDisposable {
  server: Server;
  port: number;
  sockets: Set<Socket>;
}

export async function listen(server: Server, path?: string): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(path ?? { port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const address = server.address();
  return {
    server,
    port: typeof address === 'object' ? ((address as AddressInfo | null)?.port ?? 0) : 0,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

export type Captured = NonNullable<ProxyHeader['addresses']>;

/** Plays the proxy of a pod, or the world: reads the PROXY header and hands over the connection. */
export function capture(serve: (socket: Socket, header: ProxyHeader & { addresses: Captured }) => void): Server {
  return createServer((socket) => readHeader(socket, Buffer.alloc(0), serve));
}

/** By `readable` and not by `data` and `pause`: a server that takes over a paused socket would wait forever. */
function readHeader(socket: Socket, before: Buffer, serve: Parameters<typeof capture>[0]): void {
  socket.once('readable', () => {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) return;
    const seen = Buffer.concat([before, chunk]);
    const decoded = decodeProxy(seen);
    if (decoded.kind === 'incomplete') return readHeader(socket, seen, serve);
    if (decoded.kind === 'malformed' || !decoded.header.addresses) return void socket.destroy();
    if (seen.length > decoded.length) socket.unshift(seen.subarray(decoded.length));
    serve(socket, { ...decoded.header, addresses: decoded.header.addresses });
  });
}

export type Zone = { [name: string]: string };

/** A DNS server on 127.0.0.1 that knows the A records of `zone`; other names do not exist. */
export async function fakeDns(
  zone: Zone,
): Promise<AsyncDisposable & { address: string; port: number; asked: string[] }> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (message, from) => {
    const query = decode(message);
    const name = query.questions?.[0]?.name ?? '';
    asked.push(name);
    const data = zone[name];
    const answers = data ? [{ type: 'A' as const, name, ttl: 1, data }] : [];
    const reply = {
      type: 'response' as const,
      id: query.id ?? 0,
      flags: data ? 0 : 3,
      questions: query.questions ?? [],
      answers,
    };
    socket.send(encode(reply), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: '127.0.0.1',
    port: socket.address().port,
    asked,
    async [Symbol.asyncDispose]() {
      socket.close();
    },
  };
}

/** Resolves when the connection is gone, in order or not; events.once() would reject when it is reset. */
export function closed(socket: Socket): Promise<void> {
  socket.on('error', () => {}).resume();
  return socket.closed ? Promise.resolve() : new Promise((done) => socket.once('close', () => done()));
}
