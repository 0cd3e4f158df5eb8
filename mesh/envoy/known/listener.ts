import { routeConfiguration } from './route.ts';
import { byType, shape } from './shape.ts';
import { sockets } from './tls.ts';

const manager = shape(
  'HttpConnectionManager',
  {
    // httpFilters and accessLog tell of themselves where they are compiled.
    read: `statPrefix codecType serverName serverHeaderTransformation streamIdleTimeout maxRequestHeadersKb useRemoteAddress
      xffNumTrustedHops internalAddressConfig skipXffAppend generateRequestId preserveExternalRequestId
      alwaysSetRequestIdInResponse normalizePath mergeSlashes pathWithEscapedSlashesAction stripAnyHostPort
      forwardClientCertDetails setCurrentClientCertDetails upgradeConfigs tracing httpFilters accessLog rds`,
    // Requests come whole and connections cost nothing; 100-continue is the client's affair.
    idle: `httpProtocolOptions http2ProtocolOptions proxy100Continue requestIdExtension requestTimeout requestHeadersTimeout
      delayedCloseTimeout drainTimeout streamErrorOnInvalidHttpMessage accessLogOptions addUserAgent http1SafeMaxConnectionDuration`,
  },
  {
    routeConfig: routeConfiguration,
    commonHttpProtocolOptions: shape('HttpProtocolOptions', {
      read: 'maxStreamDuration maxRequestsPerConnection maxHeadersCount',
      idle: 'idleTimeout maxConnectionDuration',
    }),
  },
);

const tcpProxy = shape(
  'TcpProxy',
  {
    read: 'statPrefix cluster weightedClusters maxConnectAttempts hashPolicy accessLog idleTimeout maxDownstreamConnectionDuration',
    idle: 'accessLogOptions',
  },
  { tunnelingConfig: shape('TunnelingConfig', { read: 'hostname' }) },
);

const chain = shape(
  'FilterChain',
  { read: 'name', idle: 'metadata transportSocketConnectTimeout' },
  {
    filterChainMatch: shape('FilterChainMatch', {
      read: `destinationPort prefixRanges directSourcePrefixRanges sourceType sourcePrefixRanges sourcePorts serverNames
        transportProtocol applicationProtocols`,
    }),
    transportSocket: sockets,
    filters: shape(
      'Filter',
      { read: 'name' },
      {
        typedConfig: byType({
          'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager': manager,
          'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy': tcpProxy,
        }),
      },
    ),
  },
);

export const listenerShape = shape(
  'Listener',
  {
    // filterChainMatcher and listenerFilters tell of themselves.
    read: `name address useOriginalDst trafficDirection listenerFilters listenerFiltersTimeout continueOnListenerFiltersTimeout
      accessLog filterChainMatcher internalListener`,
    idle: `bindToPort statPrefix metadata connectionBalanceConfig maxConnectionsToAcceptPerSocketEvent tcpBacklogSize
      perConnectionBufferLimitBytes enableReusePort socketOptions freebind transparent ignoreGlobalConnLimit drainType`,
  },
  { filterChains: chain, defaultFilterChain: chain },
);
