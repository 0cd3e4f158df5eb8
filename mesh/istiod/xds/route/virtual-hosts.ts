import type { JsonObject } from '../../../json.ts';
import { compareText, keyOf } from '../../model/config.ts';
import { hostMatches, isWildcard } from '../../model/host.ts';
import { isHttpOrSniffed } from '../../model/protocol.ts';
import { type Port, portByNumber, type Service } from '../../model/service.ts';
import { outboundKey } from '../../model/subset-key.ts';
import type { VirtualServiceConfig } from '../../model/virtual-service.ts';
import type { Egress } from '../../snapshot/scope-types.ts';
import { destinationRule, originOfService, type ProxyContext, ruleSpec } from '../context.ts';
import { hashOfService } from './hash.ts';
import { httpRoutes } from './http-route.ts';
import { retryPolicy } from './retry.ts';
import { notedHash } from './route-origins.ts';

/** Routes and the hosts and services that they are for, on one port (VirtualHostWrapper in istio networking/core/route). */
export interface HostGroup {
  port: number;
  services: Service[];
  /** Hosts that no service has. */
  hosts: string[];
  routes: JsonObject[];
  config?: VirtualServiceConfig;
}

/** Services of an egress listener by host, cut to the port of the listener (0: all ports). */
export function registryOf(egress: Egress, port: number): Map<string, Service> {
  const out = new Map<string, Service>();
  for (const service of egress.services) {
    const found = port === 0 ? undefined : portByNumber(service, port);
    if (port === 0) out.set(service.hostname, service);
    else if (found) {
      const hostname = service.hostname.toLowerCase();
      out.set(hostname, { ...service, hostname, ports: [found] });
    }
  }
  return out;
}

const mesh = new Set(['mesh']);

/** BuildSidecarVirtualHostWrapper: first what VirtualServices say, then the services that have none. */
export function hostGroups(context: ProxyContext, egress: Egress, port: number): HostGroup[] {
  const registry = registryOf(egress, port);
  // Port 80 takes all VirtualServices, so that they can route hosts that no service has.
  const selected = port === 80 ? egress.virtualServices : forServices(egress.virtualServices, registry);
  const groups = selected.flatMap((config) => groupsOf(context, { config, egress, registry, port }));
  const taken = new Set(groups.flatMap((g) => g.services.map((s) => s.hostname)));
  for (const service of [...registry.values()].sort((a, b) => compareText(a.hostname, b.hostname)))
    if (!taken.has(service.hostname) && service.resolution !== 'Alias')
      for (const p of service.ports) if (isHttpOrSniffed(p.protocol)) groups.push(ownGroup(context, service, p));
  return groups;
}

/** selectVirtualServices in istio pilot/pkg/networking/core/httproute.go. */
function forServices(
  configs: readonly VirtualServiceConfig[],
  registry: ReadonlyMap<string, Service>,
): VirtualServiceConfig[] {
  const wild = [...registry.keys()].filter(isWildcard);
  return configs.filter((config) =>
    (config.spec.hosts ?? []).some((given) => {
      const host = given.toLowerCase();
      if (registry.has(host)) return true;
      const candidates = isWildcard(host) ? [...registry.keys()] : wild;
      return candidates.some((c) => hostMatches(host, c));
    }),
  );
}

interface Grouping {
  config: VirtualServiceConfig;
  egress: Egress;
  registry: ReadonlyMap<string, Service>;
  port: number;
}

/** buildSidecarVirtualHostsForVirtualService. */
function groupsOf(context: ProxyContext, of: Grouping): HostGroup[] {
  const { config, registry, port } = of;
  const routes = httpRoutes(context, { config, port, gateways: mesh, serviceOf: (host) => registry.get(host) });
  if (routes.length === 0) return [];
  const { hosts, services } = splitHosts(of);
  // Routes of the Gateway API hold for clients of their namespace, and for services of it.
  const gateway = config.semantics === 'gateway';
  const mine = (s: Service) => s.namespace === config.namespace || context.proxy.namespace === config.namespace;
  if (gateway && !services.some(mine)) return [];
  const byPort = new Map<number, Service[]>();
  for (const service of services)
    for (const p of service.ports)
      if (isHttpOrSniffed(p.protocol)) byPort.set(p.port, [...(byPort.get(p.port) ?? []), service]);
  if (byPort.size === 0 && port === 80) byPort.set(80, []);
  return [...byPort].map(([number, list]) => ({ port: number, services: list, hosts, routes, config }));
}

/** separateVSHostsAndServices: hosts that services have, and others. A wildcard goes to services it is the most specific for. */
function splitHosts({ config, egress, registry }: Grouping): { hosts: string[]; services: Service[] } {
  const hosts: string[] = [];
  const services: Service[] = [];
  const given = config.spec.hosts ?? [];
  for (const host of given.filter((h) => !isWildcard(h))) {
    const service = registry.get(host.toLowerCase());
    if (service) services.push(service);
    else hosts.push(host);
  }
  for (const host of given.filter(isWildcard)) {
    if (config.semantics === 'gateway') {
      hosts.push(host);
      continue;
    }
    const found = [...registry.values()].filter((s) => hostMatches(s.hostname, host.toLowerCase()));
    services.push(...found.filter((s) => egress.owners.get(s.hostname) === keyOf(config)));
    if (found.length === 0) hosts.push(host.toLowerCase());
  }
  return { hosts, services };
}

/** A service without VirtualService (buildSidecarVirtualHostForService). */
function ownGroup(context: ProxyContext, service: Service, port: Port): HostGroup {
  const hash = notedHash(context, hashOfService(ruleSpec(destinationRule(context, service.hostname)), port.port));
  const route: JsonObject = {
    decorator: { operation: `${service.hostname}:${port.port}/*` },
    match: { prefix: '/' },
    name: 'default',
    route: {
      cluster: outboundKey(port.port, '', service.hostname),
      hashPolicy: hash ? [hash] : undefined,
      maxGrpcTimeout: '0s',
      retryPolicy: retryPolicy(context.mesh.defaultHttpRetryPolicy, false),
      timeout: '0s',
    },
  };
  context.origins.mark(route, originOfService(service));
  return { port: port.port, services: [service], hosts: [], routes: [route] };
}
