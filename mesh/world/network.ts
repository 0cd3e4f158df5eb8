import type { Acceptor, ConnectFailure, Dial, ServerEnd } from './connection.ts';

/** What stands at one address: a pod, or a simulated host outside of the cluster. */
export interface NetworkHost {
  /** Takes what the host's apps send (the proxy's outbound capture); absent: they reach the network directly. */
  outbound?: Acceptor | undefined;
  /** Takes what arrives from others (the proxy's inbound capture). */
  inbound?: Acceptor | undefined;
  /** Servers of the host itself. */
  ports: Map<number, Acceptor>;
  /** Answers on ports that are not in `ports`; absent: connection refused. */
  anyPort?: Acceptor | undefined;
}

const refused: ConnectFailure = { failure: 'refused', reason: 'delayed connect error: Connection refused' };
const goesInCircles: ConnectFailure = { failure: 'refused', reason: 'the connection goes in circles' };
/** Proxies that dial proxies within one connection; more are a loop. */
const deepest = 100;
const isLoopback = (ip: string): boolean => ip.startsWith('127.') || ip === '::1';

/** Who is where, and who hears whom. Connecting takes no virtual time. */
export class VirtualNetwork {
  readonly #hosts = new Map<string, NetworkHost>();
  /** What happens to a connection to an address where nothing stands: nobody answers (`timeout`), or `refused`. */
  readonly #nowhere: ConnectFailure;
  #depth = 0;

  constructor(options: { nowhere?: 'refused' | 'timeout' } = {}) {
    this.#nowhere = options.nowhere === 'timeout' ? { failure: 'timeout', reason: '' } : refused;
  }

  /** The host at `ip`, made when there is none. */
  host(ip: string): NetworkHost {
    let host = this.#hosts.get(ip);
    if (!host) {
      host = { ports: new Map() };
      this.#hosts.set(ip, host);
    }
    return host;
  }

  remove(ip: string): void {
    this.#hosts.delete(ip);
  }

  /** As an app on `dial.source.ip` connects: through its proxy when it has one, loopback and its own address excepted. */
  fromApp(dial: Dial): ServerEnd | ConnectFailure {
    const { source, destination } = dial;
    if (isLoopback(destination.ip) || destination.ip === source.ip) return this.local(source.ip, dial);
    const capture = this.#hosts.get(source.ip)?.outbound;
    return capture ? capture.accept(dial) : this.deliver(dial);
  }

  /** As a proxy connects: nothing captures it on its way out. */
  deliver(dial: Dial): ServerEnd | ConnectFailure {
    const host = this.#hosts.get(dial.destination.ip);
    if (!host) return this.#nowhere;
    if (!host.inbound) return this.local(dial.destination.ip, dial);
    if (this.#depth >= deepest) return goesInCircles;
    this.#depth++;
    try {
      return host.inbound.accept(dial);
    } finally {
      this.#depth--;
    }
  }

  /** Inside one host: from its proxy, or over loopback, to its own servers. */
  local(ip: string, dial: Dial): ServerEnd | ConnectFailure {
    const host = this.#hosts.get(ip);
    const server = host?.ports.get(dial.destination.port) ?? host?.anyPort;
    return server ? server.accept(dial) : refused;
  }
}
