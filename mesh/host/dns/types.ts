import type { DnsAnswer } from '../../kube/cluster-dns.ts';

export interface DnsOptions {
  /** Asked with the name in lower case, without the final dot. Undefined: NXDOMAIN. */
  lookup(name: string): DnsAnswer | undefined;
}

/** The run's own DNS on 127.0.0.1; never asks another server. */
export interface DnsServer {
  /** One number for UDP and TCP. */
  readonly port: number;
  close(): Promise<void>;
}
