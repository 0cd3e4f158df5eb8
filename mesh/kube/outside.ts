import { isObject, objects } from '../json.ts';
import type { KubeObject } from './objects.ts';
import type { Store } from './store.ts';

/** Whom the mesh sees when the world outside calls; the address is one for documentation (RFC 5737), as are those of load balancers. */
export const outsideClient = '198.51.100.1';

/** A port of a Service that the world outside reaches. */
export interface ReachablePort {
  namespace: string;
  service: string;
  /** Its cluster address. */
  ip: string;
  port: number;
  /** Name of the port; '' when it has none. */
  name: string;
}

const serviceKind = { apiVersion: 'v1', kind: 'Service' };
const types: ReadonlySet<unknown> = new Set(['LoadBalancer', 'NodePort']);

/** Whether the world outside reaches a Service at all. */
export const isReachable = ({ spec }: KubeObject): boolean =>
  types.has(spec?.type) && typeof spec?.clusterIP === 'string' && spec.clusterIP !== 'None';

/** TCP ports of all Services of type LoadBalancer and NodePort. */
export const reachablePorts = (store: Pick<Store, 'list'>): ReachablePort[] =>
  store.list(serviceKind).filter(isReachable).flatMap(portsOf);

export function portsOf({ metadata, spec }: KubeObject): ReachablePort[] {
  const { name: service, namespace = 'default' } = metadata;
  return objects(spec?.ports)
    .filter((p) => (p.protocol ?? 'TCP') === 'TCP')
    .map((p) => ({
      namespace,
      service,
      ip: String(spec?.clusterIP),
      port: Number(p.port),
      name: String(p.name ?? ''),
    }));
}

/** Addresses that load balancers gave a Service. */
export const externalAddresses = ({ status }: KubeObject): string[] =>
  objects(isObject(status?.loadBalancer) ? status.loadBalancer.ingress : []).flatMap(({ ip }) =>
    typeof ip === 'string' ? [ip] : [],
  );

/** The Service behind a virtual address: its cluster address, or that of its load balancer. */
export const serviceAt = (store: Pick<Store, 'list'>, ip: string): KubeObject | undefined =>
  store.list(serviceKind).find((s) => s.spec?.clusterIP === ip || externalAddresses(s).includes(ip));
