import type { JsonObject } from '../../../json.ts';
import { accessLogs, listenerAccessLogs } from '../access-log.ts';
import { socketAddress } from '../any.ts';
import { originOfSpec, type ProxyContext } from '../context.ts';
import { looksUpUnknown } from '../dynamic-dns/dynamic-dns.ts';
import { statsFilters } from '../filter/stats.ts';
import { httpConnectionManager, metadataIdleTimeout } from '../http-connection-manager.ts';
import { catchAll, egressCluster } from '../route/catch-all.ts';
import { MAX_BODY } from '../route/max-body.ts';
import { plaintextHttp } from './inbound-matches.ts';
import { httpInspector } from './inspectors.ts';
import { plainTcpProxy } from './network-filters.ts';

export function catchAllFilters(context: ProxyContext): JsonObject[] {
  const idle = metadataIdleTimeout(context);
  const fields = { accessLog: accessLogs(context), idleTimeout: idle };
  return [...statsFilters(context, 'outbound'), plainTcpProxy(egressCluster(context), fields)];
}

/** Requests to unknown addresses, whose host is then looked up (buildAllowAnyDynamicDNSHTTPFilterChain). */
const httpChain = (context: ProxyContext): JsonObject => ({
  filterChainMatch: { applicationProtocols: plaintextHttp },
  filters: [
    httpConnectionManager(context, {
      direction: 'outbound',
      protocol: 'HTTP',
      statPrefix: 'outbound_virtualOutbound_allow_any_dynamic_dns;',
      routes: {
        ignorePortInHostMatching: true,
        maxDirectResponseBodySizeBytes: MAX_BODY,
        name: 'allow_any_dynamic_dns',
        validateClusters: false,
        virtualHosts: [catchAll(context)],
      },
    }),
  ],
  name: 'virtualOutbound-catchall-tcp-http',
});

/** The listener that iptables sends all outbound connections to; it hands them to those of their destination. */
export function virtualOutbound(context: ProxyContext): JsonObject[] {
  if (context.interception === 'NONE') return [];
  const catchAllChain: JsonObject = { filters: catchAllFilters(context), name: 'virtualOutbound-catchall-tcp' };
  context.origins.mark(catchAllChain, originOfSpec(context, context.scope.outboundTrafficPolicy));
  const port = context.mesh.proxyListenPort;
  return [
    {
      name: 'virtualOutbound',
      accessLog: listenerAccessLogs(context),
      address: socketAddress(context.wildcard, port),
      filterChains: [
        {
          // A connection to this very port would come back to it without end.
          filterChainMatch: { destinationPort: port },
          filters: [...statsFilters(context, 'outbound'), plainTcpProxy('BlackHoleCluster')],
          name: 'virtualOutbound-blackhole',
        },
        ...(looksUpUnknown(context) ? [httpChain(context)] : []),
        catchAllChain,
      ],
      listenerFilters: looksUpUnknown(context) ? [httpInspector] : undefined,
      maxConnectionsToAcceptPerSocketEvent: 1,
      trafficDirection: 'OUTBOUND',
      transparent: context.interception === 'TPROXY' || undefined,
      useOriginalDst: true,
    },
  ];
}
