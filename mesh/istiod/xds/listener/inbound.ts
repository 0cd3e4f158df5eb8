import type { JsonObject } from '../../../json.ts';
import { originOf } from '../../model/config.ts';
import { durationText } from '../../model/duration.ts';
import { listenerProtocol } from '../../model/protocol.ts';
import { type Decision, mtlsOfPort } from '../../snapshot/authn.ts';
import { accessLogs, listenerAccessLogs } from '../access-log.ts';
import { socketAddress, some } from '../any.ts';
import { configMetadata, type ProxyContext } from '../context.ts';
import { inboundMtls } from '../downstream-tls.ts';
import { networkAuthorization } from '../filter/authorization.ts';
import { type ExtensionPoint, networkExtensions } from '../filter/extensions.ts';
import { tcpMetadataExchange } from '../filter/metadata-exchange.ts';
import { statsFilters } from '../filter/stats.ts';
import { listensHbone } from '../hbone/ambient.ts';
import { connectTerminateListener, mainInternalListener } from '../hbone/listeners.ts';
import { httpConnectionManager, metadataIdleTimeout } from '../http-connection-manager.ts';
import { patcherOf } from '../patch/patcher-of.ts';
import { patchRoutes } from '../patch/routes.ts';
import { inboundRouteConfig } from '../route/inbound.ts';
import { statName } from '../stat-name.ts';
import { type InboundMatch, inboundMatches } from './inbound-matches.ts';
import { type InboundPort, inboundPorts } from './inbound-ports.ts';
import { inspectors, originalDst, originalSrc } from './inspectors.ts';
import { plainTcpProxy, protocolFilters } from './network-filters.ts';

/** Listeners for connections to the workload: virtualInbound, and one for each port that binds for itself. */
export function inboundListeners(context: ProxyContext): JsonObject[] {
  const ports = inboundPorts(context);
  const chainsOf = (port: InboundPort) => portChains(context, port, mtlsOfPort(context.mtls, port.targetPort));
  const custom = ports
    .filter((p) => p.bindToPort)
    .map((p) =>
      listener(context, { name: chainName(p, 'TCP'), bind: p.bind, port: p.targetPort, chains: chainsOf(p) }, true),
    );
  const tunnels = listensHbone(context)
    ? [connectTerminateListener(context), mainInternalListener(context, hboneChains(context, ports))]
    : [];
  if (context.interception === 'NONE') return [...custom, ...tunnels];
  const chains = [
    blackHole(context),
    ...passthroughChains(context, ports),
    ...ports.filter((p) => !p.bindToPort).flatMap(chainsOf),
  ];
  const { wildcard: bind, mesh } = context;
  return [
    listener(context, { name: 'virtualInbound', bind, port: mesh.proxyInboundListenPort, chains }, false),
    ...custom,
    ...tunnels,
  ];
}

interface ListenerOptions {
  name: string;
  bind: string;
  port: number;
  chains: JsonObject[];
}

function listener(context: ProxyContext, of: ListenerOptions, bindToPort: boolean): JsonObject {
  const transparent = !bindToPort && context.interception === 'TPROXY';
  const first = bindToPort ? [] : [originalDst];
  return {
    name: of.name,
    accessLog: listenerAccessLogs(context, 'inbound'),
    address: socketAddress(of.bind, of.port),
    continueOnListenerFiltersTimeout: true,
    filterChains: of.chains,
    listenerFilters: some([...first, ...(transparent ? [originalSrc] : []), ...inspectors(of.chains)]),
    listenerFiltersTimeout: durationText(context.mesh.protocolDetectionTimeout),
    maxConnectionsToAcceptPerSocketEvent: 1,
    trafficDirection: 'INBOUND',
    transparent: transparent || undefined,
  };
}

/** A connection to the listener's own port would come back to it without end. */
const blackHole = (context: ProxyContext): JsonObject => ({
  name: 'virtualInbound-blackhole',
  filterChainMatch: { destinationPort: context.mesh.proxyInboundListenPort },
  filters: [tcpMetadataExchange, ...statsFilters(context, 'inbound'), plainTcpProxy('BlackHoleCluster')],
});

/** Ports that no Service has: all of them, and those that a PeerAuthentication names (ForPassthrough, istio networking/plugin/authn). */
function passthroughChains(context: ProxyContext, declared: readonly InboundPort[]): JsonObject[] {
  const known = new Set(
    context.scope.sidecar?.spec.ingress?.length
      ? declared.map((p) => p.targetPort)
      : context.targets.map((t) => t.targetPort),
  );
  const named = [...context.mtls.ports.keys()].filter((port) => !known.has(port));
  return [0, ...named].flatMap((targetPort) =>
    portChains(context, passthroughPort(targetPort), mtlsOfPort(context.mtls, targetPort)),
  );
}

const passthroughPort = (targetPort: number): InboundPort => ({
  targetPort,
  servicePort: 0,
  portName: 'virtualInbound',
  protocol: 'Auto',
  hostname: '',
  cluster: 'InboundPassthroughCluster',
  bind: '',
  bindToPort: false,
  passthrough: true,
});

/** The chains behind a tunnel: mutual TLS ended there, and the peer's name is in the filter state. */
function hboneChains(context: ProxyContext, ports: readonly InboundPort[]): JsonObject[] {
  const behind: ProxyContext = { ...context, peer: 'filterState', shared: new Map() };
  return [...ports.map((port) => ({ ...port, hbone: true })), passthroughPort(0)].flatMap((port) =>
    portChains(behind, port, { mode: 'DISABLE' }),
  );
}

const chainName = (port: InboundPort, serve: 'HTTP' | 'TCP'): string => {
  if (port.passthrough) return serve === 'HTTP' ? 'virtualInbound-catchall-http' : 'virtualInbound';
  return `${port.bind}_${port.targetPort}`;
};

/** The chains of one port: plain and mutual TLS, HTTP and not (inboundChainForOpts). */
function portChains(context: ProxyContext, port: InboundPort, mtls: Decision): JsonObject[] {
  const built = new Map<string, JsonObject[]>();
  const filters = (serve: 'HTTP' | 'TCP') => {
    const known = built.get(serve) ?? (serve === 'HTTP' ? httpFilters(context, port) : tcpFilters(context, port));
    built.set(serve, known);
    return known;
  };
  return inboundMatches(listenerProtocol(port.protocol), mtls.mode).map((match) => {
    const chain: JsonObject = {
      name: chainName(port, match.serve),
      filterChainMatch: matchOf(port, match),
      filters: filters(match.serve),
      metadata: port.sidecar ? configMetadata(port.sidecar) : undefined,
      transportSocket: match.terminate ? inboundMtls(context, match.serve) : undefined,
    };
    const decided = mtls.by && originOf(mtls.by.config, mtls.by.field);
    context.origins.mark(chain, decided ?? port.origin);
    if (decided) context.origins.mark(chain, port.origin, 'filterChainMatch');
    return chain;
  });
}

const matchOf = (port: InboundPort, match: InboundMatch): JsonObject => ({
  applicationProtocols: some(match.alpn),
  destinationPort: port.targetPort > 0 ? port.targetPort : undefined,
  transportProtocol: match.transport,
});

const httpFilters = (context: ProxyContext, port: InboundPort): JsonObject[] => [
  ...(port.hbone ? [] : [tcpMetadataExchange]),
  ...networkExtensions(context, { direction: 'inbound', port: port.targetPort }),
  httpConnectionManager(context, {
    direction: 'inbound',
    protocol: port.protocol,
    port: port.targetPort,
    hbone: port.hbone,
    statPrefix: `${port.passthrough ? port.cluster : `inbound_${chainName(port, 'HTTP')}`};`,
    routes: patchRoutes(patcherOf(context), inboundRouteConfig(context, port), { at: 'SIDECAR_INBOUND' }),
  }),
];

/** As in istiod, what a Sidecar declares and what nobody declared have the name of the listener's port only. */
function statPrefixOf({ mesh, targets }: ProxyContext, port: InboundPort): string {
  const service = targets.find((t) => t.service.hostname === port.hostname)?.service;
  const parts = { port: port.servicePort, portName: port.portName };
  const nobody = { kind: 'ServiceEntry', hostname: port.hostname, name: '', namespace: '' } as const;
  return statName(mesh.inboundClusterStatName, { ...parts, service: service ?? nobody }) ?? port.cluster;
}

const tcpFilters = (context: ProxyContext, port: InboundPort): JsonObject[] => {
  const idle = metadataIdleTimeout(context);
  const statPrefix = statPrefixOf(context, port);
  // As in istiod, connections are matched by the port of the service, requests by that of the workload.
  const at: ExtensionPoint = { direction: 'inbound', port: port.servicePort };
  return [
    tcpMetadataExchange,
    ...networkAuthorization(context, networkExtensions(context, at, ['AUTHN', 'AUTHZ'])),
    ...networkExtensions(context, at, ['STATS', 'UNSPECIFIED_PHASE']),
    ...statsFilters(context, 'inbound'),
    ...protocolFilters(port.protocol, statPrefix),
    plainTcpProxy(port.cluster, {
      accessLog: accessLogs(context, { direction: 'inbound' }),
      idleTimeout: idle,
      statPrefix,
    }),
  ];
};
