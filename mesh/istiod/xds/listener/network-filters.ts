import type { JsonObject } from '../../../json.ts';
import type { ConsistentHash, DestinationRule } from '../../model/destination-rule.ts';
import { durationText } from '../../model/duration.ts';
import type { Protocol } from '../../model/protocol.ts';
import { accessLogs } from '../access-log.ts';
import { typed } from '../any.ts';
import type { ProxyContext } from '../context.ts';
import { metadataIdleTimeout } from '../http-connection-manager.ts';

/** Where a TCP proxy sends a connection: one cluster, or several by weight. */
export type TcpTarget = { cluster: string } | { weightedClusters: JsonObject };

export interface TcpOptions {
  statPrefix: string;
  target: TcpTarget;
  rule?: DestinationRule;
  subset?: string;
}

/** The terminal filter of connections that are not understood further (istio pilot/pkg/networking/core/networkfilter.go). */
export function tcpProxy(context: ProxyContext, { statPrefix, target, rule, subset = '' }: TcpOptions): JsonObject {
  const pool = rule?.trafficPolicy?.connectionPool?.tcp;
  return {
    name: 'envoy.filters.network.tcp_proxy',
    typedConfig: typed('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', {
      ...target,
      accessLog: accessLogs(context),
      hashPolicy: usesSourceIp(rule, subset) ? [{ sourceIp: {} }] : undefined,
      idleTimeout: durationText(pool?.idleTimeout) ?? metadataIdleTimeout(context),
      maxDownstreamConnectionDuration: durationText(pool?.maxConnectionDuration),
      statPrefix,
      tunnelingConfig: tunneling(rule, subset),
    }),
  };
}

/** The black hole and passthrough proxies have no policy; the black hole logs nothing. */
export const plainTcpProxy = (cluster: string, fields: JsonObject = {}): JsonObject => ({
  name: 'envoy.filters.network.tcp_proxy',
  typedConfig: typed('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', {
    cluster,
    statPrefix: cluster,
    ...fields,
  }),
});

/** maybeSetHashPolicy: only hashing by source address makes sense for connections. */
function usesSourceIp(rule: DestinationRule | undefined, subset: string): boolean {
  const bySource = (hash: ConsistentHash | undefined) => hash?.useSourceIp === true;
  const own = rule?.subsets?.find((s) => s.name === subset)?.trafficPolicy?.loadBalancer;
  return own ? bySource(own.consistentHash) : bySource(rule?.trafficPolicy?.loadBalancer?.consistentHash);
}

/** A CONNECT or POST request around the connection (DestinationRule `tunnel`). */
function tunneling(rule: DestinationRule | undefined, subset: string): JsonObject | undefined {
  const policy = subset ? rule?.subsets?.find((s) => s.name === subset)?.trafficPolicy : rule?.trafficPolicy;
  const tunnel = policy?.tunnel;
  if (!tunnel) return undefined;
  const host = tunnel.targetHost ?? '';
  return {
    hostname: `${host.includes(':') ? `[${host}]` : host}:${tunnel.targetPort ?? 0}`,
    usePost: tunnel.protocol === 'POST' || undefined,
  };
}

/** Mongo is watched on its way (PILOT_ENABLE_MONGO_FILTER); the Redis and MySQL filters are off by default. */
export const protocolFilters = (protocol: Protocol, statPrefix: string): JsonObject[] =>
  protocol === 'Mongo'
    ? [
        {
          name: 'envoy.filters.network.mongo_proxy',
          typedConfig: typed('envoy.extensions.filters.network.mongo_proxy.v3.MongoProxy', { statPrefix }),
        },
      ]
    : [];
