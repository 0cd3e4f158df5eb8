import { byCreation, compareText } from '../model/config.ts';
import { type Endpoint, type Service, serviceKey } from '../model/service.ts';

/** Services by who may see them (initServiceRegistry in istio pilot/pkg/model/push_context.go). */
export interface ServiceIndex {
  /** Oldest first. */
  all: readonly Service[];
  byHost: ReadonlyMap<string, ReadonlyMap<string, Service>>;
  public: readonly Service[];
  /** Private services and those exported to single namespaces, by the namespace that sees them. */
  exported: ReadonlyMap<string, readonly Service[]>;
  defaultExportTo: ReadonlySet<string>;
}

export function indexServices(services: readonly Service[], defaultExportTo: readonly string[]): ServiceIndex {
  const all = withAliases([...services].sort(byCreation));
  const byHost = new Map<string, Map<string, Service>>();
  const exported = new Map<string, Service[]>();
  const everyone: Service[] = [];
  const defaults = new Set(defaultExportTo);
  for (const service of all) {
    const namespaces = byHost.get(service.hostname) ?? new Map<string, Service>();
    byHost.set(service.hostname, namespaces);
    const before = namespaces.get(service.namespace);
    // The oldest owns the host, but a ServiceEntry may not take it from a Kubernetes Service.
    if (!before || (before.kind !== 'Service' && service.kind === 'Service'))
      namespaces.set(service.namespace, service);
    const exportTo = service.exportTo ?? defaults;
    if (exportTo.has('*')) everyone.push(service);
    else if (!exportTo.has('~'))
      for (const ns of new Set([...exportTo].map((e) => (e === '.' ? service.namespace : e))))
        exported.set(ns, [...(exported.get(ns) ?? []), service]);
  }
  return { all, byHost, public: everyone, exported, defaultExportTo: defaults };
}

export const servicesVisibleTo = (index: ServiceIndex, namespace: string): Service[] => [
  ...(index.exported.get(namespace) ?? []),
  ...index.public,
];

export function isVisible(index: ServiceIndex, service: Service, namespace: string): boolean {
  const exportTo = service.exportTo ?? index.defaultExportTo;
  return exportTo.has('*') || (exportTo.has('.') && service.namespace === namespace) || exportTo.has(namespace);
}

/** ExternalName services are other names of the service that they lead to in the end; loops lead nowhere. */
function withAliases(services: readonly Service[]): Service[] {
  const leads = new Map(services.filter((s) => s.resolution === 'Alias').map((s) => [s.hostname, s.externalName]));
  if (leads.size === 0) return [...services];
  const aliases = new Map<string, Service[]>();
  for (const alias of services.filter((s) => s.resolution === 'Alias')) {
    const seen = new Set([alias.hostname]);
    let target = alias.externalName;
    while (leads.has(target) && !seen.has(target)) {
      seen.add(target);
      target = leads.get(target) ?? target;
    }
    if (!seen.has(target)) aliases.set(target, [...(aliases.get(target) ?? []), alias]);
  }
  const order = (a: Service, b: Service) =>
    compareText(a.namespace, b.namespace) || compareText(a.hostname, b.hostname);
  return services.map((s) => {
    const own = aliases.get(s.hostname);
    return own ? { ...s, aliases: own.sort(order).map((a) => a.hostname) } : s;
  });
}

/** The endpoints of one service and the identities that its workloads have. */
export interface ServiceEndpoints {
  all: readonly Endpoint[];
  /** By number of the service port. */
  byPort: ReadonlyMap<number, readonly Endpoint[]>;
  /** Sorted. */
  identities: readonly string[];
}

const none: ServiceEndpoints = { all: [], byPort: new Map(), identities: [] };
export type EndpointIndex = ReadonlyMap<string, ServiceEndpoints>;
export const endpointsFor = (index: EndpointIndex, service: Service): ServiceEndpoints =>
  index.get(serviceKey(service)) ?? none;

/** `before`: what another service of that host and namespace has. Ports that both have, and the identities, are those of the later. */
export function groupEndpoints(
  service: Service,
  all: readonly Endpoint[],
  { aliases, before = none }: { aliases: readonly string[]; before?: ServiceEndpoints | undefined },
): ServiceEndpoints {
  const numbers = new Map(service.ports.map((p) => [p.name, p.port]));
  const known = new Set(numbers.values());
  const byPort = new Map<number, Endpoint[]>();
  for (const endpoint of all) {
    const port = endpoint.servicePortNumber ?? numbers.get(endpoint.servicePort);
    if (port === undefined || !known.has(port)) continue;
    const list = byPort.get(port);
    if (list) list.push(endpoint);
    else byPort.set(port, [endpoint]);
  }
  const identities = new Set([...all.map((e) => e.identity).filter(Boolean), ...service.serviceAccounts]);
  for (const identity of [...identities])
    if (identity.startsWith('spiffe://'))
      for (const alias of aliases) identities.add(identity.replace(/^spiffe:\/\/[^/]*/, `spiffe://${alias}`));
  return { all, byPort: new Map([...before.byPort, ...byPort]), identities: [...identities].sort(compareText) };
}
