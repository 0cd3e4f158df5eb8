import { connect, isIP, isIPv6, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { ErrnoError, resolveHost, sourcePorts, uplinkHeader } from '../../mesh/world/dial.ts';
import { edgeSession, openEdge } from './edge.ts';
import { handshakeFailure } from './failure.ts';
import { abortable, opened, resolverOf } from './socket.ts';
import type { DialSpec } from './types.ts';

export interface Target {
  host: string;
  port: number;
  isTls: boolean;
}

/** Opens a connection over which HTTP can be spoken. Rejects with the signal's reason when that aborts. */
export type Dialer = (target: Target, signal: AbortSignal) => Promise<Socket>;

export function dialer(spec: DialSpec): Dialer {
  const open = openerOf(spec);
  const session = spec.kind === 'edge' ? edgeSession(spec) : undefined;
  return async (target, signal) => {
    const socket = await open(target, signal);
    return target.isTls
      ? secure(socket, { signal, session: { ...(session ?? nameOf(target)), ...caOf(spec) } })
      : socket;
  };
}

function openerOf(spec: DialSpec): Dialer {
  if (spec.kind === 'direct') return openDirect;
  return spec.kind === 'edge' ? openEdge(spec) : openCaptured(spec);
}

const caOf = ({ ca }: DialSpec): ConnectionOptions => (ca === undefined ? {} : { ca });

/** An address is no server name (RFC 6066, 3), but the certificate is checked against it. */
function nameOf({ host }: Target): ConnectionOptions {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) ? { host: bare } : { servername: bare };
}

const openDirect: Dialer = ({ host, port }, signal) => opened(connect(port, host.replace(/^\[(.*)\]$/, '$1')), signal);

type Captured = Extract<DialSpec, { kind: 'captured' }>;

function openCaptured(spec: Captured): Dialer {
  const resolver = resolverOf(spec.dns);
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

interface SecureOptions {
  signal: AbortSignal;
  session: ConnectionOptions;
}

async function secure(socket: Socket, { signal, session }: SecureOptions): Promise<Socket> {
  const tls = connectTls({ socket, ALPNProtocols: ['http/1.1'], ...session });
  try {
    return await opened(tls, signal, 'secureConnect');
  } catch (error) {
    socket.destroy();
    throw error === signal.reason ? error : handshakeFailure(error as NodeJS.ErrnoException);
  }
}
