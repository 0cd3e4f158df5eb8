import type { JsonObject } from '../../../json.ts';
import { accessLogs, listenerAccessLogs } from '../access-log.ts';
import { socketAddress } from '../any.ts';
import { isAllowAny, originOfSpec, type ProxyContext } from '../context.ts';
import { statsFilters } from '../filter/stats.ts';
import { metadataIdleTimeout } from '../http-connection-manager.ts';
import { destinationCluster } from '../route/destination.ts';
import { plainTcpProxy } from './network-filters.ts';

/** Where connections to unknown destinations go: on, to a proxy of the user's, or nowhere (outboundTrafficPolicy). */
export function egressCluster(context: ProxyContext): string {
  if (!isAllowAny(context)) return 'BlackHoleCluster';
  const proxy = context.scope.outboundTrafficPolicy.egressProxy;
  return proxy ? destinationCluster(proxy, undefined, 0) : 'PassthroughCluster';
}

export function catchAllFilters(context: ProxyContext): JsonObject[] {
  const idle = metadataIdleTimeout(context);
  const fields = { accessLog: accessLogs(context), idleTimeout: idle };
  return [...statsFilters(context, 'outbound'), plainTcpProxy(egressCluster(context), fields)];
}

/** The listener that iptables sends all outbound connections to; it hands them to those of their destination. */
export function virtualOutbound(context: ProxyContext): JsonObject[] {
  if (context.interception === 'NONE') return [];
  const catchAll: JsonObject = { filters: catchAllFilters(context), name: 'virtualOutbound-catchall-tcp' };
  context.origins.mark(catchAll, originOfSpec(context, context.scope.outboundTrafficPolicy));
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
        catchAll,
      ],
      maxConnectionsToAcceptPerSocketEvent: 1,
      trafficDirection: 'OUTBOUND',
      transparent: context.interception === 'TPROXY' || undefined,
      useOriginalDst: true,
    },
  ];
}
