import type { JsonObject } from '../../../json.ts';
import { isObject } from '../../../json.ts';
import { accessLogs, listenerAccessLogs } from '../access-log.ts';
import { socketAddress, some, typed, typedStruct } from '../any.ts';
import type { ProxyContext } from '../context.ts';
import type { TrafficDirection } from '../filter/filter.ts';
import { forwardedClientCert, headerFields } from '../http-connection-manager.ts';
import { cidrRange } from '../listener/chain-match.ts';
import { inspectors, originalDst } from '../listener/inspectors.ts';
import { HBONE_PORT } from './ambient.ts';
import { connectTls, tlsSocket } from './tls.ts';

/** Makes the tunnel: clusters send here what goes by HBONE (buildConnectOriginateListener in istio networking/core/listener_waypoint.go). */
export const connectOriginateListener = (context: ProxyContext, direction: TrafficDirection): JsonObject => ({
  name: 'connect_originate',
  accessLog: listenerAccessLogs(context, direction),
  filterChains: [
    {
      filters: [
        {
          name: 'envoy.filters.network.tcp_proxy',
          typedConfig: typed('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', {
            accessLog: accessLogs(context, { direction, owner: 'origination' }),
            cluster: 'connect_originate',
            statPrefix: 'connect_originate',
            tunnelingConfig: { hostname: '%DOWNSTREAM_LOCAL_ADDRESS%' },
          }),
        },
      ],
    },
  ],
  internalListener: {},
  listenerFilters: [originalDst],
  useOriginalDst: false,
});

/** Ends tunnels; what comes out of them goes to main_internal (buildConnectTerminateListener). */
export const connectTerminateListener = (context: ProxyContext): JsonObject => ({
  name: 'connect_terminate',
  accessLog: listenerAccessLogs(context, 'inbound'),
  address: socketAddress(context.wildcard, HBONE_PORT),
  // Connections are few and long: they must not gather on one thread.
  connectionBalanceConfig: { exactBalance: {} },
  filterChains: [
    {
      name: 'default',
      filters: [
        {
          name: 'envoy.filters.network.http_connection_manager',
          typedConfig: typed(
            'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
            terminate(context),
          ),
        },
      ],
      transportSocket: tlsSocket('Downstream', {
        commonTlsContext: connectTls(context),
        requireClientCertificate: true,
      }),
    },
  ],
});

function terminate(context: ProxyContext): JsonObject {
  const { appendXForwardedPort: _, ...headers } = headerFields(context, 'inbound');
  return {
    ...headers,
    accessLog: accessLogs(context, { direction: 'inbound', owner: 'termination' }),
    forwardClientCertDetails: forwardedClientCert(context),
    http2ProtocolOptions: {
      allowConnect: true,
      connectionKeepalive: { interval: '10s', timeout: '20s' },
      maxConcurrentStreams: 100,
    },
    httpFilters: [peerMetadata, connectAuthority, router],
    routeConfig: { name: 'default', virtualHosts: [{ domains: ['*'], name: 'default', routes: [connectRoute] }] },
    setCurrentClientCertDetails: { dns: true, subject: true, uri: true },
    statPrefix: 'connect_terminate',
    streamIdleTimeout: '0s',
    upgradeConfigs: [{ upgradeType: 'CONNECT' }],
    useRemoteAddress: false,
  };
}

const connectRoute: JsonObject = {
  match: { connectMatcher: {} },
  route: { cluster: 'main_internal', upgradeConfigs: [{ connectConfig: {}, upgradeType: 'CONNECT' }] },
};

const peerMetadata: JsonObject = {
  name: 'waypoint_downstream_peer_metadata',
  typedConfig: typedStruct('io.istio.http.peer_metadata.Config', {
    downstream_discovery: [{ workload_discovery: {} }],
    shared_with_upstream: true,
  }),
};

const state = (objectKey: string, text: string, factoryKey?: string): JsonObject => ({
  factoryKey,
  formatString: { textFormatSource: { inlineString: text } },
  objectKey,
  sharedWithUpstream: 'ONCE',
});
const HASHABLE = 'istio.hashable_string';

/** Who asked for what, for the filters behind the tunnel (ConnectAuthorityFilter in istio pilot/pkg/xds/filters/filters.go). */
const connectAuthority: JsonObject = {
  name: 'connect_authority',
  typedConfig: typed('envoy.extensions.filters.http.set_filter_state.v3.Config', {
    onRequestHeaders: [
      state('envoy.filters.listener.original_dst.local_ip', '%REQ(:AUTHORITY)%'),
      state('io.istio.connect_authority', '%REQ(:AUTHORITY)%', HASHABLE),
      state('envoy.filters.listener.original_dst.remote_ip', '%DOWNSTREAM_REMOTE_ADDRESS%'),
      state('io.istio.peer_principal', '%DOWNSTREAM_PEER_URI_SAN%', HASHABLE),
      state('io.istio.local_principal', '%DOWNSTREAM_LOCAL_URI_SAN%', HASHABLE),
    ],
  }),
};

const router: JsonObject = {
  name: 'envoy.filters.http.router',
  typedConfig: typed('envoy.extensions.filters.http.router.v3.Router'),
};

/** Serves what came through a tunnel: the chains of the workload's ports, without TLS (buildInboundHBONEListeners). */
export function mainInternalListener(context: ProxyContext, chains: readonly JsonObject[]): JsonObject {
  const filterChains = chains.map((chain) => context.origins.copied(chain, sanitized(context, chain)));
  return {
    name: 'main_internal',
    accessLog: listenerAccessLogs(context, 'inbound'),
    continueOnListenerFiltersTimeout: true,
    filterChains,
    internalListener: {},
    listenerFilters: [originalDst, ...inspectors(filterChains)],
    trafficDirection: 'INBOUND',
  };
}

/** Nobody may use the tunnel to get to another address. */
function sanitized({ proxy }: ProxyContext, chain: JsonObject): JsonObject {
  const match = isObject(chain.filterChainMatch) ? chain.filterChainMatch : {};
  const addresses = String(proxy.metadata.INSTANCE_IPS || proxy.ip).split(',');
  const prefixRanges = some(addresses.flatMap((address) => cidrRange(address) ?? []));
  return { ...chain, filterChainMatch: { ...match, prefixRanges, transportProtocol: undefined } };
}
