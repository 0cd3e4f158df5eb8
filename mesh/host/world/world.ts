import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { secretTlv } from '../../world/dial.ts';
import { decodeProxy, encodeProxyV2, type ProxyHeader } from '../../world/proxy-protocol.ts';
import { fromInboundTlv } from '../localise/endpoints.ts';
import { relay, reset } from './relay.ts';
import type { World, WorldOptions, WorldRequest, WorldTarget } from './types.ts';

/** No header of ours is longer; who announces more is reset. */
const longestHeader = 1024;

/** Starts the world on a free port of 127.0.0.1. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const open = new Set<Socket>();
  const track = (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    track(socket);
    greet(socket, options);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    enter(connection, from) {
      track(connection);
      route(connection, { ...from, fromInbound: false }, options);
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Reads the header; nothing is sent, and nobody called, before the secret has been seen. */
function greet(socket: Socket, options: WorldOptions): void {
  let data = Buffer.alloc(0);
  const fail = () => reset(socket);
  const onData = (chunk: Buffer) => {
    data = Buffer.concat([data, chunk]);
    const read = decodeProxy(data);
    if (read.kind === 'incomplete' && data.length <= longestHeader) return;
    const request = read.kind === 'header' ? authorised(read.header, options.secret) : undefined;
    if (read.kind !== 'header' || request === undefined) {
      fail();
      return;
    }
    socket.off('data', onData).off('end', fail).off('error', fail).pause();
    if (data.length > read.length) socket.unshift(data.subarray(read.length));
    route(socket, request, options);
  };
  socket.on('data', onData).on('end', fail).on('error', fail);
}

function authorised({ addresses, tlvs }: ProxyHeader, secret: string): WorldRequest | undefined {
  const given = tlvs.find((tlv) => tlv.type === secretTlv);
  if (addresses === undefined || given === undefined || new TextDecoder().decode(given.value) !== secret)
    return undefined;
  return { ...addresses, fromInbound: tlvs.some((tlv) => tlv.type === fromInboundTlv) };
}

function route(socket: Socket, asked: WorldRequest, options: WorldOptions): void {
  const { request, target } = endpointOf(asked, options);
  options.onConnection?.({ ...request, target: target.kind });
  if (target.kind === 'external') target.serve(socket, request);
  else if (target.kind === 'app') relay(socket, connect({ path: target.socket, allowHalfOpen: true }));
  else if (target.kind === 'inbound') relay(socket, toInbound(target.port, request, options.secret));
  else reset(socket);
}

function toInbound(port: number, { source, destination }: WorldRequest, secret: string): Socket {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
  socket.write(encodeProxyV2(source, destination, [{ type: secretTlv, value: new TextEncoder().encode(secret) }]));
  return socket;
}

/** kube-proxy: the address of a Service is replaced by that of an endpoint, once. */
function endpointOf(request: WorldRequest, options: WorldOptions): { request: WorldRequest; target: WorldTarget } {
  const target = options.resolve(request);
  if (target.kind !== 'service') return { request, target };
  const destination = target.endpoints[Math.floor(options.random.next() * target.endpoints.length)];
  if (destination === undefined) return { request, target: { kind: 'refuse' } };
  const next = { ...request, destination };
  const found = options.resolve(next);
  return { request: next, target: found.kind === 'service' ? { kind: 'refuse' } : found };
}
