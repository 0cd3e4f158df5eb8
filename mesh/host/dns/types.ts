/** What the run knows of a name: addresses (either family may be empty), or SRV targets of a headless Service's port. */
export interface DnsAnswer {
  ipv4: string[];
  ipv6: string[];
  srv?: { port: number; target: string }[];
}

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
