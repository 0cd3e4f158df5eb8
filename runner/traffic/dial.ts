import { Resolver } from 'node:dns/promises';
import { connect, isIP, isIPv6, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ErrnoError, resolveHost, sourcePorts, uplinkHeader } from '../../mesh/world/dial.ts';
import { handshakeFailure } from './failure.ts';
import type { DialSpec } from './types.ts';

export interface Target {
  host: string;
  port: number;
  isTls: boolean;
}

/** Opens a connection over which HTTP can be spoken. Rejects with the signal's reason when that aborts. */
export type Dialer = (target: Target, signal: AbortSignal) => Promise<Socket>;

export function dialer(spec: DialSpec): Dialer {
  const open = spec.kind === 'direct' ? openDirect : openCaptured(spec);
  return async (target, signal) => {
    const socket = await open(target, signal);
    return target.isTls ? secure(socket, { target, signal, ca: spec.ca }) : socket;
  };
}

const openDirect: Dialer = ({ host, port }, signal) => opened(connect(port, host.replace(/^\[(.*)\]$/, '$1')), signal);

type Captured = Exclude<DialSpec, { kind: 'direct' }>;

function openCaptured(spec: Captured): Dialer {
  // Against the run's own server on this machine: an answer that takes a second is not coming.
  const resolver = new Resolver({ timeout: 1000, tries: 3 });
  resolver.setServers([`${isIPv6(spec.dns.address) ? `[${spec.dns.address}]` : spec.dns.address}:${spec.dns.port}`]);
  const lookup = (name: string) => (isIPv6(spec.sourceIp) ? resolver.resolve6(name) : resolver.resolve4(name));
  const nextPort = sourcePorts();
  return async ({ host, port }, signal) => {
    const ip = await abortable(resolveHost(host, spec.search, lookup), signal);
    const uplink = 'socket' in spec ? connect(spec.socket) : connect(spec.port, '127.0.0.1');
    const socket = await opened(uplink, signal).catch((error) => Promise.reject(inMesh(error, `${ip}:${port}`)));
    socket.write(uplinkHeader(spec, { ip: spec.sourceIp, port: nextPort() }, { ip, port }));
    return socket;
  };
}

/** A proxy that is not there is a port that refuses; no file of this machine stands in a result. */
function inMesh(error: NodeJS.ErrnoException, destination: string): Error {
  if (error.syscall !== 'connect') return error;
  const code = error.code === 'ENOENT' ? 'ECONNREFUSED' : (error.code ?? 'ECONNREFUSED');
  return new ErrnoError(code, `connect ${code} ${destination}`);
}

function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  if (signal.aborted) abort();
  return promise;
}

/** Resolves with the socket at `event`; an error or an abort before that destroys it. */
function opened(socket: Socket, signal: AbortSignal, event: 'connect' | 'secureConnect' = 'connect'): Promise<Socket> {
  socket.setNoDelay(true);
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  // Stays: an error that comes before the next owner listens must not be an uncaught one.
  socket.on('error', reject);
  socket.once(event, () => resolve(socket));
  return abortable(promise, signal).catch((error) => {
    socket.destroy();
    throw error;
  });
}

interface SecureOptions {
  target: Target;
  signal: AbortSignal;
  ca: string | undefined;
}

async function secure(socket: Socket, { target: { host }, signal, ca }: SecureOptions): Promise<Socket> {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  // An address is no server name (RFC 6066, 3), but the certificate is checked against it.
  const name = isIP(bare) ? { host: bare } : { servername: bare };
  const tls = connectTls({ socket, ...name, ALPNProtocols: ['http/1.1'], ...(ca !== undefined && { ca }) });
  try {
    return await opened(tls, signal, 'secureConnect');
  } catch (error) {
    socket.destroy();
    throw error === signal.reason ? error : handshakeFailure(error as NodeJS.ErrnoException);
  }
}
