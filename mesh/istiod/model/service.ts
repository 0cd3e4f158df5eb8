import type { Labels } from './labels.ts';
import type { Protocol } from './protocol.ts';

export interface Port {
  name: string;
  port: number;
  protocol: Protocol;
}

/** How endpoints are found; `Passthrough` goes to the address that the client chose (headless services). */
export type Resolution = 'ClientSideLB' | 'DNSLB' | 'DNSRoundRobinLB' | 'Passthrough' | 'Alias' | 'DynamicDNS';
export type TrafficDistribution = 'Any' | 'PreferSameZone' | 'PreferSameNode';

export const UNSPECIFIED = '0.0.0.0';

/** A service of the mesh, from a Kubernetes Service or one host of a ServiceEntry. */
export interface Service {
  hostname: string;
  name: string;
  namespace: string;
  /** Kind and name of the object it comes from. */
  kind: 'Service' | 'ServiceEntry';
  object: string;
  created: number;
  /** First the address to listen on; 0.0.0.0 when it has none. */
  addresses: readonly string[];
  /** What istiod gave a ServiceEntry without addresses, for clients that ask their proxy for names. */
  allocated?: readonly string[];
  ports: readonly Port[];
  resolution: Resolution;
  meshExternal: boolean;
  labels: Labels;
  selector: Labels | undefined;
  /** Undefined: the mesh's default. */
  exportTo: ReadonlySet<string> | undefined;
  /** SPIFFE identities that were declared, beside those of the endpoints. */
  serviceAccounts: readonly string[];
  externalName: string;
  /** Hosts of ExternalName services that lead here. */
  aliases: readonly string[];
  /** internalTrafficPolicy Local: endpoints of the client's node only. */
  nodeLocal: boolean;
  /** Addresses of a DNS name are tried at once. */
  raceConnect: boolean;
  trafficDistribution: TrafficDistribution;
  /** Ports of a ServiceEntry with resolution NONE that go to another port. */
  targetPortOverrides: ReadonlyMap<number, number>;
}

/** `UNKNOWN` is taken for healthy: nothing checks ServiceEntry endpoints. */
export type Health = 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY' | 'DRAINING' | 'TERMINATING';

/** One address and port of a workload that belongs to a service. */
export interface Endpoint {
  addresses: readonly string[];
  port: number;
  servicePort: string;
  /** ServiceEntry endpoints are grouped by number in clusters, by name in EDS. */
  servicePortNumber?: number;
  labels: Labels;
  /** SPIFFE identity; empty when unknown. */
  identity: string;
  locality: string;
  tlsMode: string;
  namespace: string;
  workload: string;
  health: Health;
  node: string;
  weight: number;
  network: string;
}

/** A service port that a workload serves, with the port it serves it on. */
export interface ServiceTarget {
  service: Service;
  port: Port;
  targetPort: number;
}

export const serviceKey = (s: { namespace: string; hostname: string }): string => `${s.namespace}/${s.hostname}`;
export const portByNumber = (s: Service, port: number): Port | undefined => s.ports.find((p) => p.port === port);
