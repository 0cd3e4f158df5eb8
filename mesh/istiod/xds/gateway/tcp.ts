import { type GatewayServer, isPassthrough, protocolOf, tlsMode } from '../../model/gateway.ts';
import { hostMatches } from '../../model/host.ts';
import type { Port } from '../../model/service.ts';
import type { L4Match, RouteDestination, TlsMatch, VirtualServiceConfig } from '../../model/virtual-service.ts';
import { virtualServicesOf } from '../../snapshot/virtual-services.ts';
import type { ProxyContext } from '../context.ts';
import { routeFilters } from '../listener/outbound-tcp.ts';
import { autoPassthroughChains } from './auto-passthrough.ts';
import type { GatewayChain, PortContext } from './chain.ts';
import { connectionFilters } from './connection-filters.ts';
import { claimHosts } from './merge.ts';
import { gatewayTls } from './tls-context.ts';

/** Chains of a server that carries connections (createGatewayTCPFilterChainOpts). */
export function tcpChains(context: ProxyContext, server: GatewayServer, of: PortContext): GatewayChain[] {
  const gateway = of.merged.nameOf.get(server) ?? '';
  if (server.tls && isPassthrough(server)) {
    if (tlsMode(server.tls) === 'AUTO_PASSTHROUGH')
      return autoPassthroughChains(context, server, of.merged.tls.get(server)?.sniHosts ?? []);
    return passthroughChains(context, server, { ...of, gateway });
  }
  const found = tcpRoute(context, server, gateway);
  if (!found) return [];
  const { config, legs, causes } = found;
  const port = portOf(server);
  const meshTls = server.tls !== undefined && tlsMode(server.tls) === 'ISTIO_MUTUAL';
  const filters = () =>
    routeFilters(context, legs, { port, config, before: connectionFilters(context, port.port, meshTls) });
  if (!server.tls) return [{ server, filters, causes }];
  const sniHosts = of.merged.tls.get(server)?.sniHosts;
  return [{ server, sniHosts, filters, causes, transportSocket: gatewayTls(context, server) }];
}

const portOf = (server: GatewayServer): Port => ({
  name: server.port?.name ?? '',
  port: server.port?.number ?? 0,
  protocol: protocolOf(server),
});

interface FoundRoute {
  config: VirtualServiceConfig;
  legs: RouteDestination[];
  causes: object[];
}

/** The first route of the oldest VirtualService that fits (buildGatewayNetworkFiltersFromTCPRoutes). */
function tcpRoute(context: ProxyContext, server: GatewayServer, gateway: string): FoundRoute | undefined {
  for (const config of virtualServicesOf(context.snapshot.virtualServices, context.proxy.namespace, gateway)) {
    if (!sharesHost(server, config)) continue;
    for (const route of config.spec.tcp ?? [])
      if (route.route?.length && (!route.match?.length || route.match.some((m) => applies(m, server, gateway))))
        return { config, legs: route.route, causes: [route] };
    // A TLSRoute may also lead to what a listener decrypts.
    if (config.source === 'TLSRoute')
      for (const route of config.spec.tls ?? []) {
        const match = (route.match ?? []).find((m) => applies(m, server, gateway));
        if (match && route.route?.length) return { config, legs: route.route, causes: [route] };
      }
  }
  return undefined;
}

/** A chain for each match, because connections are told apart by the name they ask for (buildGatewayNetworkFiltersFromTLSRoutes). */
function passthroughChains(
  context: ProxyContext,
  server: GatewayServer,
  of: PortContext & { gateway: string },
): GatewayChain[] {
  const chains: GatewayChain[] = [];
  for (const config of virtualServicesOf(context.snapshot.virtualServices, context.proxy.namespace, of.gateway)) {
    if (!sharesHost(server, config)) continue;
    for (const route of config.spec.tls ?? []) {
      const legs = route.route;
      if (!legs?.length) continue;
      for (const match of route.match ?? []) {
        if (!applies(match, server, of.gateway)) continue;
        const sniHosts = match.sniHosts ?? [];
        const twice = claimHosts(sniHosts, server.bind ?? '', of.tlsHosts);
        if (twice.length > 0) {
          reportTwice(context, config, twice);
          continue;
        }
        const port = portOf(server);
        const filters = () =>
          routeFilters(context, legs, { port, config, before: connectionFilters(context, port.port) });
        chains.push({ server, sniHosts, filters, causes: [route, match] });
      }
    }
  }
  return chains;
}

function reportTwice(context: ProxyContext, { namespace, name }: VirtualServiceConfig, hosts: readonly string[]): void {
  context.problems.push({
    what: `VirtualService ${namespace}/${name}: a route for ${hosts.join(', ')} is left out: an older route has that server name`,
    where: { object: `VirtualService ${namespace}/${name}` },
    fix: 'match other server names in sniHosts',
  });
}

/** pickMatchingGatewayHosts: a server's hosts may be limited to VirtualServices of one namespace. */
function sharesHost(server: GatewayServer, config: VirtualServiceConfig): boolean {
  const own = (server.hosts ?? []).flatMap((entry) => {
    const [scope, host] = entry.includes('/') ? entry.split('/') : [config.namespace, entry];
    return scope === config.namespace && host !== undefined ? [host] : [];
  });
  return (config.spec.hosts ?? []).some((host) => own.some((h) => hostMatches(h, host)));
}

/** l4SingleMatch: only the port and the gateway count here. */
const applies = (match: L4Match | TlsMatch, server: GatewayServer, gateway: string): boolean =>
  (!match.port || match.port === server.port?.number) && (!match.gateways?.length || match.gateways.includes(gateway));
