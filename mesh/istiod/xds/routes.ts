import type { JsonObject } from '../../json.ts';
import { compareText, originOf } from '../model/config.ts';
import { parseProtocol } from '../model/protocol.ts';
import type { Service } from '../model/service.ts';
import type { VirtualServiceConfig } from '../model/virtual-service.ts';
import type { Egress } from '../snapshot/scope-types.ts';
import { addressesOf } from './addresses.ts';
import { flag, present, some } from './any.ts';
import { originOfService, originOfSpec, type ProxyContext } from './context.ts';
import { gatewayRoutes } from './gateway/routes.ts';
import { patcherOf } from './patch/patcher-of.ts';
import { patchRoutes } from './patch/routes.ts';
import { catchAll } from './route/catch-all.ts';
import { domainName, serviceDomains } from './route/domains.ts';
import { MAX_BODY } from './route/max-body.ts';
import { type HostGroup, hostGroups } from './route/virtual-hosts.ts';
import type { Origin } from './types.ts';

/** Route configurations by the names that the listeners ask for (RDS; BuildHTTPRoutes in istio networking/core/httproute.go). */
export function buildRoutes(context: ProxyContext, names: readonly string[]): JsonObject[] {
  if (context.proxy.type === 'router') return gatewayRoutes(context, names);
  const ofPort = new Map<number, JsonObject[]>();
  const patcher = patcherOf(context);
  return names.map((name) => patchRoutes(patcher, routeConfig(context, name, ofPort), { at: 'SIDECAR_OUTBOUND' }));
}

/** `80` is shared by the services of that port; `host:80` belongs to one; others are the HTTP proxy's or a Unix socket's. */
function routeConfig(context: ProxyContext, name: string, known: Map<number, JsonObject[]>): JsonObject {
  const socket = name.startsWith('unix://');
  const sniffed = !socket && name.includes(':');
  const number = Number(sniffed ? name.slice(name.lastIndexOf(':') + 1) : name);
  const port = Number.isInteger(number) ? number : 0;
  const built = (sniffed && known.get(port)) || virtualHosts(context, name, port);
  if (port > 0) known.set(port, built);
  const own = sniffed ? ofOneService(context, built, name) : built;
  const hosts = [...own].sort((a, b) => compareText(String(a.name), String(b.name)));
  return {
    ignorePortInHostMatching: true,
    maxDirectResponseBodySizeBytes: MAX_BODY,
    name,
    validateClusters: false,
    virtualHosts: some(sniffed ? hosts : [...hosts, catchAll(context)]),
  };
}

function ofOneService({ origins }: ProxyContext, hosts: readonly JsonObject[], name: string): JsonObject[] {
  const host = name.slice(0, name.lastIndexOf(':'));
  const found = hosts.filter((h) => (h.domains as string[]).some((d) => d === name || d === host));
  // The listener belongs to the service's address, so every host that is asked for there means it.
  return found.length === 1 ? found.map((h) => origins.copied(h, { ...h, domains: ['*'] })) : found;
}

function egressFor(context: ProxyContext, port: number, name: string): Egress | undefined {
  return context.scope.egress.find(({ listener }) => {
    if (!listener.port) return true;
    if (listener.port.number !== port) return false;
    return port !== 0 || listener.bind === name;
  });
}

/** BuildSidecarOutboundVirtualHosts. */
function virtualHosts(context: ProxyContext, name: string, given: number): JsonObject[] {
  const egress = egressFor(context, given, name);
  if (!egress) return [];
  const declared = egress.listener.port;
  const port = declared && parseProtocol(declared.protocol) === 'HTTP_PROXY' ? 0 : given;
  const groups = hostGroups(context, egress, port);
  const hosts = new HostWriter(context, port, groups);
  const byPort = new Map<number, JsonObject[]>();
  for (const group of groups) byPort.set(group.port, [...(byPort.get(group.port) ?? []), ...hosts.write(group)]);
  if (port !== 0) return byPort.get(port) ?? [];
  return [...byPort].flatMap(([number, list]) => (number === 80 ? list : withPortOnly(context, list)));
}

/** Where one listener serves all ports, a host without port means port 80. */
const withPortOnly = ({ origins }: ProxyContext, hosts: readonly JsonObject[]): JsonObject[] =>
  hosts
    .map((h) => origins.copied(h, { ...h, domains: (h.domains as string[]).filter((d) => d.includes(':')) }))
    .filter((h) => h.domains.length > 0);

/** Writes virtual hosts; each name and each domain is used once, because Envoy refuses duplicates. */
class HostWriter {
  readonly #context: ProxyContext;
  readonly #port: number;
  readonly #fullNames = new Set<string>();
  readonly #names = new Set<string>();
  readonly #domains = new Set<string>();

  constructor(context: ProxyContext, port: number, groups: readonly HostGroup[]) {
    this.#context = context;
    this.#port = port;
    for (const { services, port: number } of groups)
      for (const { hostname } of services) this.#fullNames.add(hostname).add(domainName(hostname, number));
  }

  write(group: HostGroup): JsonObject[] {
    const hosts = group.hosts.map((host) => this.#one(group, host.toLowerCase()));
    return present([...hosts, ...group.services.map((service) => this.#one(group, service.hostname, service))]);
  }

  #one(group: HostGroup, host: string, service?: Service): JsonObject | undefined {
    const name = domainName(host, group.port);
    if (this.#names.has(name)) return group.config?.semantics === 'gateway' ? undefined : this.#duplicate(name);
    this.#names.add(name);
    const domains = this.#unused(group, host, service);
    if (domains.length === 0) return undefined;
    const { proxyHeaders } = this.#context.proxyConfig;
    const virtualHost: JsonObject = {
      domains,
      includeRequestAttemptCount: flag(!proxyHeaders?.attemptCount?.disabled),
      name,
      routes: group.routes,
    };
    const cause = group.config ? this.#hosts(group.config) : service && originOfService(service);
    this.#context.origins.mark(virtualHost, cause);
    return virtualHost;
  }

  /** Routes of the Gateway API have their hosts from their parents. */
  #hosts(config: VirtualServiceConfig): Origin | undefined {
    return config.semantics === 'gateway' ? originOfSpec(this.#context, config.spec) : originOf(config, 'spec.hosts');
  }

  #unused(group: HostGroup, host: string, service: Service | undefined): string[] {
    const { namespace } = this.#context.proxy;
    const suffix = this.#port === 0 ? group.port : 0;
    const { domains, alternates } = service
      ? serviceDomains(
          { ...service, addresses: addressesOf(this.#context, service) },
          suffix,
          `${namespace}.svc.cluster.local`,
        )
      : { domains: [host.includes(':') ? `[${host}]` : host], alternates: new Set<string>() };
    return domains.filter((domain) => {
      const known = domain.toLowerCase();
      // A short form never hides the full name of another service.
      if (this.#domains.has(known) || (alternates.has(domain) && this.#fullNames.has(domain))) return false;
      this.#domains.add(known);
      return true;
    });
  }

  #duplicate(name: string): undefined {
    this.#context.problems.push({
      what: `virtual host ${name} is defined more than once; the first counts`,
      fix: 'let one VirtualService have each host',
    });
    return undefined;
  }
}
