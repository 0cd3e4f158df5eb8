import { Resolver } from 'node:dns/promises';
import { connect, isIPv6, type Socket } from 'node:net';
import { podSearch, resolveHost, sourcePorts, type Uplink, uplinkHeader } from '../../world/dial.ts';

export interface DialerOptions {
  namespace: string;
  uplink: Uplink & { sourceIp: string };
  dns: { address: string; port: number };
}

/** Opens connections as the processes of one pod do: names by the mesh's DNS, then through the pod's uplink. */
export type Dialer = (host: string, port: number) => Promise<Socket>;

export function dialer({ namespace, uplink, dns }: DialerOptions): Dialer {
  // Against our own server on this machine: an answer that takes a second is not coming.
  const resolver = new Resolver({ timeout: 1000, tries: 3 });
  resolver.setServers([`${isIPv6(dns.address) ? `[${dns.address}]` : dns.address}:${dns.port}`]);
  const lookup = (name: string) => (isIPv6(uplink.sourceIp) ? resolver.resolve6(name) : resolver.resolve4(name));
  const nextPort = sourcePorts();
  return async (host, port) => {
    const ip = await resolveHost(host, podSearch(namespace), lookup);
    const socket = await open(uplink, `${ip}:${port}`);
    socket.write(uplinkHeader(uplink, { ip: uplink.sourceIp, port: nextPort() }, { ip, port }));
    return socket;
  };
}

function open(uplink: Uplink, destination: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = 'socket' in uplink ? connect(uplink.socket) : connect(uplink.port, '127.0.0.1');
  socket.setNoDelay(true);
  // Stays: an error that comes before the next owner listens must not be an uncaught one.
  socket.on('error', (error: NodeJS.ErrnoException) => reject(refused(error, destination)));
  socket.once('connect', () => resolve(socket));
  return promise;
}

/** The app must see what it would see in a pod: the destination, no file of this machine; without a proxy, a refusal. */
function refused(error: NodeJS.ErrnoException, destination: string): Error {
  const code = error.code === 'ENOENT' ? 'ECONNREFUSED' : (error.code ?? 'ECONNREFUSED');
  return Object.assign(new Error(`connect ${code} ${destination}`), { code, syscall: 'connect' });
}
