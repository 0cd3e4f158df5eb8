import type { JsonObject } from '../../../json.ts';
import { compareText, keyOf, originOf } from '../../model/config.ts';
import type { GatewayServer } from '../../model/gateway.ts';
import { moreSpecific } from '../../model/host.ts';
import { hostsFor, intersection } from '../../model/host-intersection.ts';
import type { Service } from '../../model/service.ts';
import type { VirtualServiceConfig } from '../../model/virtual-service.ts';
import { isVisible } from '../../snapshot/services.ts';
import { virtualServicesOf } from '../../snapshot/virtual-services.ts';
import { flag } from '../any.ts';
import { originOfField, originOfSpec, type ProxyContext, serviceFor } from '../context.ts';
import { patcherOf } from '../patch/patcher-of.ts';
import { type GatewayRoutes, patchRoutes } from '../patch/routes.ts';
import { domainName } from '../route/domains.ts';
import { httpRoutes } from '../route/http-route.ts';
import { isCatchAll } from '../route/match.ts';
import { MAX_BODY } from '../route/max-body.ts';
import type { Origin } from '../types.ts';
import { type MergedGateway, mergedGateway } from './merge.ts';

/** A virtual host while servers still add to it. */
interface Host {
  name: string;
  domains: string[];
  routes: JsonObject[];
  redirects: boolean;
  /** What first asked for it. */
  origin: Origin | undefined;
}

/** Route configurations of a gateway, with the patches of its EnvoyFilters. */
export function gatewayRoutes(context: ProxyContext, names: readonly string[]): JsonObject[] {
  const patcher = patcherOf(context);
  const { serversByRoute } = mergedGateway(context);
  return names.map((name) =>
    patchRoutes(patcher, routeConfig(context, name), { at: 'GATEWAY', gateway: partsOf(name, serversByRoute) }),
  );
}

/** What a name says (ParseGatewayRDSRouteName); the port is the workload's, and the Gateways' own are those of its Services. */
function partsOf(name: string, serversByRoute: MergedGateway['serversByRoute']): GatewayRoutes {
  const { port, portName = '', gateway } = parsed(name);
  const same = [...serversByRoute].filter(([other]) => parsed(other).port === port);
  const ports = same.flatMap(([, servers]) => servers.flatMap((s) => s.port?.number ?? []));
  return { portName, gateway, ports: same.length > 0 ? ports : [port] };
}

function parsed(name: string): { port: number; portName?: string | undefined; gateway: string } {
  const [scheme, port, ...rest] = name.split('.');
  // An address after the port of plain HTTP hides the port.
  if (scheme === 'http') return { port: rest.length === 0 ? Number(port) || 0 : 0, gateway: '' };
  const [portName, gateway, namespace] = rest;
  if (scheme !== 'https' || rest.length !== 3) return { port: 0, gateway: '' };
  return { port: Number(port) || 0, portName, gateway: `${namespace}/${gateway}` };
}

/** buildGatewayHTTPRouteConfig. */
function routeConfig(context: ProxyContext, name: string): JsonObject {
  const servers = mergedGateway(context).serversByRoute.get(name) ?? [];
  const [first] = servers;
  if (!first) return { name, validateClusters: false };
  const hosts = new HostCollector(context);
  for (const server of servers) hosts.add(server);
  return {
    ignorePortInHostMatching: true,
    maxDirectResponseBodySizeBytes: MAX_BODY,
    name,
    validateClusters: false,
    virtualHosts: hosts.hosts.size === 0 ? [blackHole(first)] : writtenHosts(context, hosts.hosts),
  };
}

/** Answers 404 to everything: it has no routes. */
const blackHole = (server: GatewayServer): JsonObject => ({
  domains: ['*'],
  name: domainName('blackhole', server.port?.number ?? 0),
});

class HostCollector {
  readonly hosts = new Map<string, Host>();
  readonly #context: ProxyContext;
  /** By gateway and VirtualService, so that hosts with one list of routes share it. */
  readonly #routes = new Map<string, JsonObject[]>();

  constructor(context: ProxyContext) {
    this.#context = context;
  }

  add(server: GatewayServer): void {
    const gateway = mergedGateway(this.#context).nameOf.get(server) ?? '';
    const { snapshot, proxy } = this.#context;
    for (const config of virtualServicesOf(snapshot.virtualServices, proxy.namespace, gateway)) {
      const shared = intersection(hostsFor(server.hosts ?? [], config.namespace), config.spec.hosts ?? []);
      const routes = shared.length === 0 ? [] : this.#routesOf(config, server, gateway);
      if (routes.length > 0) for (const host of shared) this.#addHost(host.toLowerCase(), { server, routes, config });
    }
    if (server.tls?.httpsRedirect) for (const host of server.hosts ?? []) this.#redirect(host.toLowerCase(), server);
  }

  #addHost(host: string, of: { server: GatewayServer; routes: JsonObject[]; config: VirtualServiceConfig }): void {
    const known = this.hosts.get(host);
    const { server, routes, config } = of;
    if (known) known.routes = [...known.routes, ...routes];
    else this.#open(host, { server, routes, origin: originOfHosts(this.#context, config) });
    if (server.tls?.httpsRedirect) this.#redirect(host, server);
  }

  /** Hosts that no VirtualService has are redirected as well. */
  #redirect(host: string, server: GatewayServer): void {
    const known =
      this.hosts.get(host) ?? this.#open(host, { server, routes: [], origin: originOfServer(this.#context, server) });
    known.redirects = true;
  }

  #open(host: string, of: { server: GatewayServer; routes: JsonObject[]; origin: Origin | undefined }): Host {
    const name = domainName(host, of.server.port?.number ?? 0);
    const opened: Host = { name, domains: [host], routes: of.routes, redirects: false, origin: of.origin };
    this.hosts.set(host, opened);
    return opened;
  }

  #routesOf(config: VirtualServiceConfig, server: GatewayServer, gateway: string): JsonObject[] {
    const key = `${gateway} ${keyOf(config)}`;
    const known = this.#routes.get(key);
    if (known) return known;
    const built = httpRoutes(this.#context, {
      config,
      port: server.port?.number ?? 0,
      gateways: new Set([gateway]),
      serviceOf: (host) => serviceNear(this.#context, host, config.namespace),
      tls: server.tls !== undefined,
    });
    // Another server may have another port, for which some match.
    if (built.length > 0) this.#routes.set(key, built);
    return built;
  }
}

/** Routes of the Gateway API have hosts of their own or of their parents, which their translation knows. */
const originOfHosts = (context: ProxyContext, config: VirtualServiceConfig): Origin | undefined =>
  config.semantics === 'gateway' ? originOfSpec(context, config.spec) : originOf(config, 'spec.hosts');

const originOfServer = (context: ProxyContext, server: GatewayServer): Origin | undefined =>
  mergedGateway(context).configOf.get(server)?.listener
    ? originOfSpec(context, server)
    : originOfField(context, server, 'hosts');

/** A service of the VirtualService's namespace goes before others of that name (buildNameToServiceMapForHTTPRoutes). */
function serviceNear(context: ProxyContext, host: string, namespace: string): Service | undefined {
  const { services } = context.snapshot;
  const own = services.byHost.get(host)?.get(namespace);
  return own && isVisible(services, own, context.proxy.namespace) ? own : serviceFor(context, host);
}

/** Hosts with the same routes become one, which is named after the most specific (collapseDuplicateRoutes). */
function writtenHosts(context: ProxyContext, hosts: ReadonlyMap<string, Host>): JsonObject[] {
  const sorted = [...hosts].sort(([a], [b]) => (moreSpecific(a, b) ? -1 : 1)).map(([, host]) => host);
  const kept: Host[] = [];
  for (const host of sorted) {
    const same = kept.find((k) => k.redirects === host.redirects && equalRoutes(k.routes, host.routes));
    if (same) same.domains.push(...host.domains);
    else kept.push(host);
  }
  return kept.sort((a, b) => compareText(a.name, b.name)).map((host) => written(context, host));
}

const equalRoutes = (a: readonly JsonObject[], b: readonly JsonObject[]): boolean =>
  a.length === b.length && a.every((route, i) => route === b[i]);

function written(context: ProxyContext, host: Host): JsonObject {
  const { proxyHeaders } = context.proxyConfig;
  const all = (route: JsonObject) => isCatchAll(route.match as JsonObject);
  const routes = [...host.routes.filter((r) => !all(r)), ...host.routes.filter(all)];
  const virtualHost: JsonObject = {
    domains: host.domains,
    includeRequestAttemptCount: flag(!proxyHeaders?.attemptCount?.disabled),
    name: host.name,
    requireTls: host.redirects ? 'ALL' : undefined,
    routes: routes.length > 0 ? routes : undefined,
  };
  context.origins.mark(virtualHost, host.origin);
  return virtualHost;
}
