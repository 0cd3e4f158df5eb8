import { connect, type Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { ErrnoError } from '../../mesh/world/dial.ts';
import { abortable, opened, resolverOf } from './socket.ts';
import type { EdgeDial } from './types.ts';

/** Opens connections from outside of the mesh; what nothing serves refuses them, as the load balancer before it would. */
export function openEdge({ dns, name, destination }: EdgeDial): (_: unknown, signal: AbortSignal) => Promise<Socket> {
  const resolver = resolverOf(dns);
  const refused = () => new ErrnoError('ECONNREFUSED', `connect ECONNREFUSED ${destination}`);
  const port = async () => {
    const [found] = await resolver.resolveSrv(name).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENODATA') throw refused();
      throw new ErrnoError('EAI_AGAIN', `getaddrinfo EAI_AGAIN ${destination} (${error.code})`);
    });
    return found?.port;
  };
  return async (_, signal) => {
    const at = await abortable(port(), signal);
    if (at === undefined) throw refused();
    const socket = opened(connect(at, '127.0.0.1'), signal);
    // It may have been closed since it was named.
    return socket.catch((error: NodeJS.ErrnoException) =>
      Promise.reject(error.code === 'ECONNREFUSED' ? refused() : error),
    );
  };
}

export const edgeSession = ({ tls: { serverName, insecure, certificate } }: EdgeDial): ConnectionOptions => ({
  servername: serverName,
  rejectUnauthorized: !insecure,
  ...(certificate && { cert: certificate.chain, key: certificate.key }),
});
