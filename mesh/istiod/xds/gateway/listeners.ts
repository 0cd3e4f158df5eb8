import type { JsonObject } from '../../../json.ts';
import { endsHttps, type GatewayServer, protocolOf } from '../../model/gateway.ts';
import { isHttp } from '../../model/protocol.ts';
import { listenerAccessLogs } from '../access-log.ts';
import { socketAddress, some, typed } from '../any.ts';
import { originOfSpec, type ProxyContext } from '../context.ts';
import { networkExtensions } from '../filter/extensions.ts';
import { httpConnectionManager } from '../http-connection-manager.ts';
import { type ChainOptions, chainMatch } from '../listener/chain-match.ts';
import { tlsInspector } from '../listener/inspectors.ts';
import type { GatewayChain, PortContext } from './chain.ts';
import { mergedGateway, type PortServers } from './merge.ts';
import { tcpChains } from './tcp.ts';
import { gatewayTls } from './tls-context.ts';

/** Listeners of a gateway, one for each address and port (buildGatewayListeners in istio pilot/pkg/networking/core/gateway.go). */
export function gatewayListeners(context: ProxyContext): JsonObject[] {
  const merged = mergedGateway(context);
  const byName = new Map<string, { port: PortServers; bind: string; chains: GatewayChain[] }>();
  const tlsHosts = new Map<number, Map<string, string>>();
  for (const port of merged.ports) {
    // Without privileges a process cannot listen there.
    if (port.number < 1024 && context.proxy.metadata.UNPRIVILEGED_POD === 'true') continue;
    const bind = port.bind || context.wildcard;
    const hosts = tlsHosts.get(port.number) ?? new Map<string, string>();
    tlsHosts.set(port.number, hosts);
    const chains = portChains(context, { merged, port, tlsHosts: hosts });
    const listener = byName.get(`${bind}_${port.number}`);
    if (listener) listener.chains.push(...chains);
    else byName.set(`${bind}_${port.number}`, { port, bind, chains });
  }
  return [...byName].flatMap(([name, { port, bind, chains }]) =>
    // Servers without a route are not listened for.
    chains.length === 0 ? [] : [listenerOf(context, { name, bind, number: port.number, chains })],
  );
}

/** buildGatewayTCPBasedFilterChains. */
function portChains(context: ProxyContext, of: PortContext): GatewayChain[] {
  const { port, merged } = of;
  const [first] = port.servers;
  if (first && isHttp(protocolOf({ port: { protocol: port.protocol } })))
    return [
      { filters: httpFilters(context, { server: first, port, routes: port.routeName, extended: true }), server: first },
    ];
  // As istiod, only the first of several chains that end HTTPS has network extensions.
  const extended = port.servers.find(endsHttps);
  return port.servers.flatMap((server) => {
    if (!endsHttps(server)) return tcpChains(context, server, of);
    const { routeName: routes = '', sniHosts } = merged.tls.get(server) ?? {};
    const http = { server, port, routes, statPrefix: server.name, extended: server === extended };
    const filters = httpFilters(context, http);
    return [{ filters, server, sniHosts, transportSocket: gatewayTls(context, server) }];
  });
}

interface HttpChain {
  server: GatewayServer;
  port: PortServers;
  routes: string;
  statPrefix?: string | undefined;
  extended: boolean;
}

const httpFilters =
  (context: ProxyContext, { server, port, routes, statPrefix, extended }: HttpChain): ChainOptions['filters'] =>
  (listener) => [
    ...(extended ? networkExtensions(context, { direction: 'gateway', port: port.number }) : []),
    httpConnectionManager(context, {
      direction: 'gateway',
      protocol: protocolOf(server),
      port: port.number,
      statPrefix: statPrefix || `outbound_${listener};`,
      routes,
    }),
  ];

interface ListenerOptions {
  name: string;
  bind: string;
  number: number;
  chains: readonly GatewayChain[];
}

/** buildGatewayListener. */
function listenerOf(context: ProxyContext, { name, bind, number, chains }: ListenerOptions): JsonObject {
  const inspects = chains.some((c) => (c.sniHosts?.length ?? 0) > 0 || c.transportSocket);
  const proxied = context.proxyConfig.gatewayTopology?.proxyProtocol !== undefined;
  const listener: JsonObject = {
    name,
    accessLog: listenerAccessLogs(context),
    address: socketAddress(bind, number),
    filterChains: chains.map((chain) => written(context, chain, name)),
    listenerFilters: some([...(proxied ? [proxyProtocol] : []), ...(inspects ? [tlsInspector] : [])]),
    maxConnectionsToAcceptPerSocketEvent: 1,
    trafficDirection: 'OUTBOUND',
  };
  context.origins.mark(listener, originOfSpec(context, chains[0]?.server));
  return listener;
}

function written(context: ProxyContext, chain: GatewayChain, listener: string): JsonObject {
  const out: JsonObject = {
    filterChainMatch: chainMatch(chain),
    filters: chain.filters(listener),
    transportSocket: chain.transportSocket,
    transportSocketConnectTimeout: '15s',
  };
  context.origins.mark(out, originOfSpec(context, chain.server));
  for (const cause of chain.causes ?? []) context.origins.mark(out, originOfSpec(context, cause));
  if (chain.transportSocket) context.origins.mark(out, originOfSpec(context, chain.server.tls), 'transportSocket');
  return out;
}

const proxyProtocol: JsonObject = {
  name: 'envoy.filters.listener.proxy_protocol',
  typedConfig: typed('envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol'),
};
