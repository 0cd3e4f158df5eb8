import { ApiError } from '../api.ts';
import { type Service, type ServicePort, type ServiceSpec, serviceKind } from '../kinds/service.ts';
import type { Store } from '../store.ts';

/** Defaults and addresses of a Service (kubernetes pkg/registry/core/service/storage/alloc.go). */
export function defaultService(service: Service, store: Store, previous: Service | undefined): Service {
  const { spec } = service;
  if (!spec) return service;
  const type = spec.type ?? 'ClusterIP';
  const base: ServiceSpec = {
    sessionAffinity: 'None',
    ...spec,
    type,
    ...(spec.ports ? { ports: spec.ports.map(defaultPort) } : {}),
  };
  if (type === 'ExternalName') return { ...service, spec: base };
  const others = (store.list(serviceKind) as readonly Service[]).filter((s) => s.metadata.uid !== service.metadata.uid);
  const clusterIP = spec.clusterIP || previous?.spec?.clusterIP || freeAddress(others);
  const cluster = { internalTrafficPolicy: 'Cluster', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' };
  const ports = nodePorts(base, others, previous);
  return { ...service, spec: { ...cluster, ...base, clusterIP, clusterIPs: [clusterIP], ...(ports ? { ports } : {}) } };
}

const defaultPort = (port: ServicePort): ServicePort => ({ protocol: 'TCP', targetPort: port.port, ...port });

/** The first free address of 10.96.0.0/16; 10.96.0.1 is the API server's. */
function freeAddress(services: readonly Service[]): string {
  const used = new Set(services.map((service) => service.spec?.clusterIP));
  for (let i = 2; i < 65535; i += 1) {
    const ip = `10.96.${i >> 8}.${i & 255}`;
    if (!used.has(ip)) return ip;
  }
  throw new ApiError(500, 'InternalError', 'failed to allocate a serviceIP: range is full');
}

/** Ports 30000 and up on every node, for Services that want them; an update keeps what it had. */
function nodePorts(
  { type, ports }: ServiceSpec,
  others: readonly Service[],
  previous: Service | undefined,
): ServicePort[] | undefined {
  if (type !== 'NodePort' && type !== 'LoadBalancer') return undefined;
  const taken = [...others.flatMap((s) => s.spec?.ports ?? []), ...(ports ?? [])].map((port) => port.nodePort);
  const used = new Set(taken);
  return ports?.map((port) => {
    const before = previous?.spec?.ports?.find((p) => p.port === port.port && p.protocol === port.protocol)?.nodePort;
    let nodePort = port.nodePort ?? before;
    for (let candidate = 30000; nodePort === undefined; candidate += 1) if (!used.has(candidate)) nodePort = candidate;
    used.add(nodePort);
    return { ...port, nodePort };
  });
}
