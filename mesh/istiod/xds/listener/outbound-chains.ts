import { isWildcard } from '../../model/host.ts';
import { subsetOf } from '../../model/labels.ts';
import { isTls } from '../../model/protocol.ts';
import { type Port, type Service, UNSPECIFIED } from '../../model/service.ts';
import type { L4Match, TlsMatch, VirtualServiceConfig } from '../../model/virtual-service.ts';
import { addressesOf } from '../addresses.ts';
import { configMetadata, originOfService, type ProxyContext } from '../context.ts';
import { alternateHosts } from '../route/domains.ts';
import type { ChainOptions } from './chain-match.ts';
import { routeFilters, serviceFilters } from './outbound-tcp.ts';

/** A service port of which TCP chains are wanted. */
export interface TcpPort {
  service: Service;
  port: Port;
  bind: string;
  cidrs: readonly string[];
  virtualServices: readonly VirtualServiceConfig[];
}

/** Chains for connections that are not understood further (istio pilot/pkg/networking/core/tls.go). */
export const tcpChains = (context: ProxyContext, of: TcpPort): ChainOptions[] =>
  isTls(of.port.protocol) ? tlsChains(context, of) : plainChains(context, of);

/** What of a match is known without a connection: gateway, labels, namespace, port. */
function applies(context: ProxyContext, match: L4Match | TlsMatch, port: number): boolean {
  const { proxy } = context;
  return (
    (!match.gateways?.length || match.gateways.includes('mesh')) &&
    subsetOf(match.sourceLabels, proxy.labels) &&
    (!match.port || match.port === port) &&
    (!match.sourceNamespace || match.sourceNamespace === proxy.namespace)
  );
}

function tlsChains(context: ProxyContext, of: TcpPort): ChainOptions[] {
  const chains: ChainOptions[] = [];
  const handled = new Set<string>();
  let cidrs = of.cidrs;
  for (const { config, route, legs, match } of tlsMatches(of.virtualServices)) {
    if (!applies(context, match, of.port.port)) continue;
    // As in istiod, subnets that one match sets hold for those after it as well.
    if (match.destinationSubnets?.length && of.port.port > 0) cidrs = match.destinationSubnets;
    const id = `${match.sniHosts?.join() ?? ''}|${match.destinationSubnets?.join() ?? ''}`;
    if (handled.has(id)) continue;
    handled.add(id);
    chains.push({
      metadata: configMetadata(config),
      sniHosts: match.sniHosts,
      cidrs,
      filters: () => routeFilters(context, legs, { port: of.port, config }),
      causes: [route, match],
    });
  }
  if (chains.length > 0) return chains;
  const filters = () => serviceFilters(context, of.service, of.port);
  return [{ sniHosts: sniHosts(context, of), cidrs, filters, origin: originOfService(of.service) }];
}

/** All matches of TLS routes that lead somewhere, in order. */
const tlsMatches = (configs: readonly VirtualServiceConfig[]) =>
  configs.flatMap((config) =>
    (config.spec.tls ?? []).flatMap((route) => {
      const legs = route.route ?? [];
      return legs.length === 0 ? [] : (route.match ?? []).map((match) => ({ config, route, legs, match }));
    }),
  );

/** The server name tells services apart only where the address does not. */
function sniHosts(context: ProxyContext, of: TcpPort): string[] {
  const { service } = of;
  const address = addressesOf(context, service)[0] ?? '';
  const listen = address.includes('/') ? '' : address;
  const dynamic = isWildcard(service.hostname) && service.resolution === 'DynamicDNS';
  const shared = listen === context.wildcard || (listen === UNSPECIFIED && service.kind === 'ServiceEntry');
  if (of.cidrs.length === 0 && listen !== '' && !(shared && of.bind === context.wildcard) && !dynamic) return [];
  const domain = `${context.proxy.namespace}.svc.cluster.local`;
  return [service.hostname, ...service.aliases.flatMap((a) => [a, ...alternateHosts(a, 0, domain)])];
}

function plainChains(context: ProxyContext, of: TcpPort): ChainOptions[] {
  const chains: ChainOptions[] = [];
  let covered = false;
  for (const config of of.virtualServices)
    for (const route of config.spec.tcp ?? []) {
      const legs = route.route;
      if (!legs?.length) continue;
      const filters = () => routeFilters(context, legs, { port: of.port, config });
      const matches = (route.match ?? []).filter((m) => applies(context, m, of.port.port));
      const any = matches.find((m) => !m.destinationSubnets?.length || of.port.port === 0);
      if (!route.match?.length || any) {
        // Nothing is left for what comes after a route for any address.
        const causes = any ? [route, any] : [route];
        return [...chains, { metadata: configMetadata(config), cidrs: of.cidrs, filters, causes }];
      }
      const subnets = matches.flatMap((m) => m.destinationSubnets ?? []);
      if (subnets.length === 0) continue;
      chains.push({ cidrs: subnets, filters, causes: [route] });
      covered ||= [...subnets].sort().join() === [...of.cidrs].sort().join();
    }
  if (covered) return chains;
  const filters = () => serviceFilters(context, of.service, of.port);
  return [...chains, { cidrs: of.cidrs, filters, origin: originOfService(of.service) }];
}
