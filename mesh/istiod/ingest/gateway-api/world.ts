import type { ServiceEntry } from '../../model/service-entry.ts';
import type { Namespaces } from '../service.ts';
import type { Grants } from './grants.ts';
import type { Texts } from './secrets.ts';

/** What objects of the Gateway API may name. */
export interface GatewayWorld {
  namespaces: Namespaces;
  /** Controllers by name of their GatewayClass. */
  classes: ReadonlyMap<string, string>;
  grants: Grants;
  secrets: ReadonlyMap<string, Texts>;
  configMaps: ReadonlyMap<string, Texts>;
  /** Kubernetes Services by namespace/name, with their ports. */
  services: ReadonlyMap<string, readonly NamedPort[]>;
  /** ServiceEntries by namespace/name. */
  entries: ReadonlyMap<string, ServiceEntry>;
  /** Whether the mesh has a service of this host in this namespace. */
  knows: (host: string, namespace: string) => boolean;
  exportTo: readonly string[];
  /** Whether there are waypoints. */
  ambient: boolean;
}
export interface NamedPort {
  name: string;
  port: number;
}

export const serviceHost = (name: string, namespace: string): string => `${name}.${namespace}.svc.cluster.local`;
