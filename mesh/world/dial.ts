import { parseIp } from './ip.ts';
import { encodeProxyV1, encodeProxyV2, type ProxyEndpoint } from './proxy-protocol.ts';

/**
 * Where a pod's processes leave for the virtual network: the capture socket of the pod's proxy, or the world. A Unix
 * socket is guarded by its folder; a port on 127.0.0.1 wants the run's secret. Only TCP can carry a reset (RST): on a
 * Unix socket it arrives as an orderly end.
 */
export type Uplink = { socket: string } | { port: number; secret: string };

/** Type of the TLV that carries the run's secret, as text; 0xE0 to 0xEF are free for applications (PROXY protocol, 2.2.8). */
export const secretTlv = 0xe0;

/** What must be sent before the first byte of a connection. Throws a RangeError as encodeProxyV1 does. */
export function uplinkHeader(uplink: Uplink, source: ProxyEndpoint, destination: ProxyEndpoint): Uint8Array {
  if ('socket' in uplink) return encodeProxyV1(source, destination);
  return encodeProxyV2(source, destination, [{ type: secretTlv, value: new TextEncoder().encode(uplink.secret) }]);
}

/** Source ports as Linux gives them (ip_local_port_range), one after the other. */
export function sourcePorts(): () => number {
  const [first, last] = [32_768, 60_999];
  let next = first;
  return () => {
    const port = next;
    next = port === last ? first : port + 1;
    return port;
  };
}

/** The search list that the kubelet writes into resolv.conf of a pod (dnsPolicy ClusterFirst). */
export const podSearch = (namespace: string): string[] => [
  `${namespace}.svc.cluster.local`,
  'svc.cluster.local',
  'cluster.local',
];

/** The names to ask for, in order, with ndots:5 as in a pod (resolv.conf(5), "search" and "ndots"). */
export function candidates(host: string, search: string[]): string[] {
  if (host.endsWith('.')) return [host.slice(0, -1)];
  const searched = search.map((domain) => `${host}.${domain}`);
  return host.split('.').length - 1 >= 5 ? [host, ...searched] : [...searched, host];
}

/** An error as Node throws it. */
export class ErrnoError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Addresses of a name; rejects with `code` ENOTFOUND or ENODATA when there are none. */
export type Lookup = (name: string) => Promise<string[]>;

/** The address an app would connect to. Rejects with ENOTFOUND, or EAI_AGAIN when the DNS itself failed. */
export async function resolveHost(host: string, search: string[], lookup: Lookup): Promise<string> {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (parseIp(bare)) return bare;
  for (const name of candidates(host, search)) {
    const addresses = await lookup(name).catch(noneOrFailure(host));
    if (addresses[0] !== undefined) return addresses[0];
  }
  throw new ErrnoError('ENOTFOUND', `getaddrinfo ENOTFOUND ${host}`);
}

const noneOrFailure =
  (host: string) =>
  (error: { code?: string }): string[] => {
    if (error.code === 'ENOTFOUND' || error.code === 'ENODATA') return [];
    throw new ErrnoError('EAI_AGAIN', `getaddrinfo EAI_AGAIN ${host} (${error.code})`);
  };
