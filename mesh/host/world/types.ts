import type { Socket } from 'node:net';
import type { ProxyEndpoint } from '../../world/proxy-protocol.ts';
import type { Random } from '../../world/random.ts';

/** An address of the virtual network. */
export type Address = ProxyEndpoint;

/** Who wants to go where. */
export interface WorldRequest {
  source: Address;
  destination: Address;
  /** True when the proxy of the destination itself passes on an inbound connection: to its app, not back to the proxy. */
  fromInbound: boolean;
}

/** What stands behind an address of the virtual network. */
export type WorldTarget =
  /** An app's Unix socket: a pod without proxy, or the app behind a proxy that asks itself. */
  | { kind: 'app'; socket: string }
  /** A pod with a proxy: the port of its inbound listener on 127.0.0.1. The world sends a PROXY header with the secret. */
  | { kind: 'inbound'; port: number }
  /** A Service's virtual address, as kube-proxy treats it: one of the ready endpoints, each equally likely; none: refused. */
  | { kind: 'service'; endpoints: Address[] }
  /** A simulated host outside of the mesh; the handler owns the connection, which is paused. */
  | { kind: 'external'; serve(connection: Socket, request: WorldRequest): void }
  /** Nothing there: the connection is reset. */
  | { kind: 'refuse' };

/**
 * The virtual network beyond the proxies: everything that is not known to go to a proxy comes here, always by TCP,
 * because a Unix socket cannot carry a reset.
 */
export interface World {
  /** TCP port on 127.0.0.1; whoever does not send the run's secret in the PROXY header is reset. */
  readonly port: number;
  /** Lets in a connection that came some other way; it must be paused, and belongs to the world from then on. */
  enter(connection: Socket, from: { source: Address; destination: Address }): void;
  close(): Promise<void>;
}

/** One connection that reached the world, for logs and tests. */
export interface WorldConnection extends WorldRequest {
  /** The target's kind; for a Service that of the chosen endpoint. */
  target: WorldTarget['kind'];
}

export interface WorldOptions {
  secret: string;
  resolve(request: WorldRequest): WorldTarget;
  /** Picks among the endpoints of a Service. */
  random: Random;
  onConnection?(connection: WorldConnection): void;
}
