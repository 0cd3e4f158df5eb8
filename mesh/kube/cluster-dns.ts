import { isObject, type JsonObject, objects, strings } from '../json.ts';
import type { KubeObject } from './objects.ts';
import type { Store } from './store.ts';

/** What the cluster knows of a name: addresses (either family may be empty), or SRV targets of a headless Service's port. */
export interface DnsAnswer {
  ipv4: string[];
  ipv6: string[];
  srv?: { port: number; target: string }[];
}

const zone = '.svc.cluster.local';
const service = { apiVersion: 'v1', kind: 'Service' };
const endpointSlice = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' };
const serviceEntry = { apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry' };

/**
 * Names of the cluster as CoreDNS answers them: services, headless services and their pods (Kubernetes' DNS-based
 * service discovery, "DNS for Services and Pods"), and hosts of ServiceEntries that have addresses.
 */
export function lookupName(store: Store, name: string): DnsAnswer | undefined {
  if (!name.endsWith(zone)) return serviceEntryAddresses(store, name);
  const labels = name.slice(0, -zone.length).split('.');
  const namespace = labels.at(-1);
  const serviceName = labels.at(-2);
  if (!namespace || !serviceName || labels.length > 3) return undefined;
  const found = store.get({ ...service, namespace, name: serviceName });
  if (!found) return undefined;
  const hostname = labels.length === 3 ? labels[0] : undefined;
  const clusterIp = String(found.spec?.clusterIP ?? 'None');
  if (clusterIp !== 'None') return hostname ? undefined : answer([clusterIp]);
  return headless(store, found, hostname);
}

function headless(store: Store, of: KubeObject, hostname: string | undefined): DnsAnswer | undefined {
  const { name, namespace = '' } = of.metadata;
  const addresses = readyEndpoints(store, namespace, name)
    .filter((e) => hostname === undefined || e.hostname === hostname)
    .map((e) => e.ip);
  return addresses.length > 0 || hostname === undefined ? answer(addresses) : undefined;
}

function serviceEntryAddresses(store: Store, name: string): DnsAnswer | undefined {
  for (const entry of store.list(serviceEntry)) {
    if (!strings(entry.spec?.hosts).includes(name)) continue;
    const status = isObject(entry.status?.addresses) ? [] : entry.status?.addresses;
    const automatic = Array.isArray(status) ? status.map((a) => (isObject(a) ? String(a.value) : '')) : [];
    const addresses = [...strings(entry.spec?.addresses), ...automatic].filter((a) => a && !a.includes('/'));
    if (addresses.length > 0) return answer(addresses);
  }
  return undefined;
}

/** Ready endpoints of a service over all its slices; `ports` by name of the port. */
export function readyEndpoints(
  store: Store,
  namespace: string,
  name: string,
): { ip: string; hostname?: string; ports: JsonObject[] }[] {
  const slices = store.list(endpointSlice, { namespace, labelSelector: `kubernetes.io/service-name=${name}` });
  return slices.flatMap((slice) => {
    const ports = objects(slice.ports);
    return objects(slice.endpoints)
      .filter((e) => isObject(e.conditions) && e.conditions.ready !== false)
      .flatMap((e) =>
        strings(e.addresses).map((ip) => ({
          ip,
          ports,
          ...(typeof e.hostname === 'string' ? { hostname: e.hostname } : {}),
        })),
      );
  });
}

const answer = (addresses: string[]): DnsAnswer => ({
  ipv4: addresses.filter((a) => !a.includes(':')),
  ipv6: addresses.filter((a) => a.includes(':')),
});
