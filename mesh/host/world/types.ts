import type { Duplex } from 'node:stream';

/** An address of the virtual network. */
export interface Address {
  ip: string;
  port: number;
}

/** What stands behind an address of the virtual network. */
export type WorldTarget =
  /** A pod without proxy: its app's Unix socket. */
  | { kind: 'app'; socket: string }
  /** A pod with a proxy: the port of its inbound listener on 127.0.0.1. The world sends a PROXY header with the secret. */
  | { kind: 'inbound'; port: number }
  /** A Service's virtual address, as kube-proxy treats it: one of the ready endpoints, each equally likely; none: refused. */
  | { kind: 'service'; endpoints: Address[] }
  /** A simulated host outside of the mesh; the handler owns the connection. */
  | { kind: 'external'; serve(connection: Duplex, from: Address, to: Address): void }
  /** Nothing there: the connection is reset. */
  | { kind: 'refuse' };

/** The virtual network beyond the proxies: everything that is not known to go to a proxy comes here. */
export interface World {
  /** TCP port on 127.0.0.1; needs the run's secret in the PROXY header. */
  readonly port: number;
  /** Unix socket; the folder's mode guards it, the header needs no secret. */
  readonly socket: string;
  close(): Promise<void>;
}

/** One connection that reached the world, for logs and tests. */
export interface WorldConnection {
  source: Address;
  destination: Address;
  /** The target's kind, after a Service was resolved. */
  target: WorldTarget['kind'];
}

export interface WorldOptions {
  socket: string;
  secret: string;
  resolve(destination: Address, source: Address): WorldTarget;
  /** Picks among the endpoints of a Service. */
  random: { next(): number };
  onConnection?(connection: WorldConnection): void;
}
