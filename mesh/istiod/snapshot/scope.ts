import { byCreation, type Config } from '../model/config.ts';
import type { MergedDestinationRule } from '../model/destination-rule.ts';
import { isWildcard } from '../model/host.ts';
import { subsetOf } from '../model/labels.ts';
import { parseProtocol } from '../model/protocol.ts';
import type { Service } from '../model/service.ts';
import type { EgressListener, Sidecar } from '../model/sidecar.ts';
import { destinationRulesFor } from './destination-rules.ts';
import { type ImportedHosts, importedHosts, importsService, isExcluded } from './scope-hosts.ts';
import { ServiceCollector } from './scope-services.ts';
import type { Egress, ScopedProxy, SidecarScope } from './scope-types.ts';
import { destinationsOf, hostFinder, owners, selectVirtualServices } from './scope-virtual-services.ts';
import { isVisible, type ServiceIndex, servicesVisibleTo } from './services.ts';
import type { Snapshot } from './snapshot.ts';

/** The scope of a proxy: a Sidecar that selects it, one of its namespace, one of the root namespace, or everything. */
export function scopeOf(snapshot: Snapshot, proxy: ScopedProxy): SidecarScope {
  // Gateways see everything: Sidecar objects are not for them (getSidecarScope).
  const chosen = proxy.type === 'router' ? undefined : sidecarFor(snapshot, proxy);
  const id = `${proxy.namespace} ${chosen ? `${chosen.namespace}/${chosen.name}` : ''}`;
  const known = snapshot.scopes.get(id);
  if (known) return known;
  const scope = buildScope(snapshot, proxy.namespace, chosen);
  snapshot.scopes.set(id, scope);
  return scope;
}

function sidecarFor(snapshot: Snapshot, proxy: ScopedProxy): Config<Sidecar> | undefined {
  const wide = (s: Config<Sidecar>) => !s.spec.workloadSelector;
  const own = snapshot.sidecars.filter((s) => s.namespace === proxy.namespace);
  return (
    own.find((s) => s.spec.workloadSelector && subsetOf(s.spec.workloadSelector.labels, proxy.labels)) ??
    own.find(wide) ??
    snapshot.sidecars.find((s) => s.namespace === snapshot.mesh.rootNamespace && wide(s))
  );
}

function buildScope(snapshot: Snapshot, namespace: string, sidecar: Config<Sidecar> | undefined): SidecarScope {
  const declared = sidecar?.spec.egress ?? [];
  const listeners = declared.length > 0 ? declared : [{ hosts: ['*/*'] }];
  const egress = listeners.map((listener) => buildEgress(snapshot, namespace, listener));
  const collector = new ServiceCollector();
  for (const e of egress) {
    for (const service of e.services) collector.add(service);
    addDestinations(snapshot, { namespace, egress: e, collector });
  }
  const rules = new Map<string, readonly MergedDestinationRule[]>();
  return {
    name: sidecar?.name ?? 'default-sidecar',
    namespace,
    ...(sidecar ? { sidecar } : {}),
    egress,
    services: collector.services,
    byHost: collector.byHost,
    outboundTrafficPolicy: sidecar?.spec.outboundTrafficPolicy ?? {
      mode: snapshot.mesh.outboundTrafficPolicy?.mode ?? 'ALLOW_ANY',
    },
    destinationRules(host) {
      const service = collector.byHost.get(host);
      const found =
        rules.get(host) ?? (service ? destinationRulesFor(snapshot.destinationRules, namespace, service) : []);
      rules.set(host, found);
      return found;
    },
  };
}

/** Listeners with a port see only the services that have it, except those of an HTTP proxy. */
export const matchesPort = (listener: EgressListener): boolean =>
  !!listener.port?.number && parseProtocol(listener.port.protocol) !== 'HTTP_PROXY';

function buildEgress(snapshot: Snapshot, namespace: string, listener: EgressListener): Egress {
  const hosts = importedHosts(listener, namespace);
  const services = selectServices(candidates(snapshot.services, hosts, namespace), { hosts, listener, namespace });
  const virtualServices = selectVirtualServices(snapshot.virtualServices, namespace, hosts);
  return {
    listener,
    services,
    virtualServices,
    virtualServicesOf: hostFinder(virtualServices),
    owners: owners(virtualServices, services),
  };
}

/**
 * Where each host is named with its namespace, a ServiceEntry beside the Kubernetes Service of a host is not looked at
 * (servicesForExactHosts in istio pilot/pkg/model/sidecar.go); else both are.
 */
function candidates(
  index: ServiceIndex,
  hosts: ReadonlyMap<string, ImportedHosts>,
  namespace: string,
): readonly Service[] {
  const exact = [...hosts].every(([ns, { all }]) => all.length === 0 || (ns !== '*' && !all.some(isWildcard)));
  if (!exact) return servicesVisibleTo(index, namespace);
  return [...hosts]
    .flatMap(([ns, { exact }]) => [...exact].map((host) => index.byHost.get(host)?.get(ns)))
    .filter((service) => service !== undefined)
    .filter((service) => isVisible(index, service, namespace))
    .sort(byCreation);
}

interface Importing {
  hosts: ReadonlyMap<string, ImportedHosts>;
  listener: EgressListener;
  namespace: string;
}

/** selectServices in istio pilot/pkg/model/sidecar.go. */
function selectServices(candidates: readonly Service[], by: Importing): Service[] {
  const anywhere = by.hosts.get('*');
  const imported = candidates.flatMap((service) => {
    const own = by.hosts.get(service.namespace);
    if (isExcluded(own, service.hostname) || isExcluded(anywhere, service.hostname)) return [];
    for (const hosts of [own, anywhere]) {
      if (!hosts || !importsService(hosts, service.hostname)) continue;
      const found = matchesPort(by.listener) ? withPort(service, by.listener.port?.number ?? 0) : service;
      if (found) return [trimAliases(found, hosts)];
    }
    return [];
  });
  const chosen = chooseNamespaces(imported, by.namespace);
  return imported.filter((s) => chosen.get(s.hostname)?.namespace === s.namespace);
}

/**
 * One namespace per host: the client's, else that of a Kubernetes Service, else the first. (istiod compares with the namespace
 * of each service in turn, which shadows the client's; the order of visibility makes up for it.)
 */
function chooseNamespaces(services: readonly Service[], client: string): Map<string, Service> {
  const chosen = new Map<string, Service>();
  for (const service of services) {
    const before = chosen.get(service.hostname);
    const replaces =
      !before ||
      service.namespace === client ||
      (before.kind !== 'Service' && service.kind === 'Service' && before.namespace !== client);
    if (replaces) chosen.set(service.hostname, service);
  }
  return chosen;
}

function withPort(service: Service, port: number): Service | undefined {
  const found = service.ports.find((p) => p.port === port);
  if (!found) return undefined;
  return service.ports.length === 1 ? service : { ...service, ports: [found] };
}

function trimAliases(service: Service, hosts: ImportedHosts): Service {
  const aliases = service.aliases.filter((a) => importsService(hosts, a));
  return aliases.length === service.aliases.length ? service : { ...service, aliases };
}

/** Destinations of imported VirtualServices need clusters even when the Sidecar does not import their hosts. */
function addDestinations(
  snapshot: Snapshot,
  to: { namespace: string; egress: Egress; collector: ServiceCollector },
): void {
  const { namespace, egress, collector } = to;
  for (const config of egress.virtualServices)
    for (const [host, ports] of destinationsOf(config, namespace)) {
      const byNamespace = snapshot.services.byHost.get(host);
      const service =
        byNamespace?.get(namespace) ?? bestVisible(snapshot, [...(byNamespace?.values() ?? [])], namespace);
      if (!service) continue;
      const trimmed = matchesPort(egress.listener)
        ? withPort(service, egress.listener.port?.number ?? 0)
        : withPorts(service, ports);
      if (trimmed) collector.add(trimmed);
    }
}

function bestVisible(snapshot: Snapshot, services: readonly Service[], namespace: string): Service | undefined {
  const visible = services.filter((s) => isVisible(snapshot.services, s, namespace));
  return visible.find((s) => s.kind === 'Service') ?? visible.sort((a, b) => a.created - b.created)[0];
}

function withPorts(service: Service, ports: ReadonlySet<number>): Service | undefined {
  if (ports.size === 0 || ports.has(0)) return service;
  const found = service.ports.filter((p) => ports.has(p.port));
  if (found.length === service.ports.length) return service;
  return found.length > 0 ? { ...service, ports: found } : undefined;
}
