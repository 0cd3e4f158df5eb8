import type { JsonObject } from '../../../json.ts';
import type { ConsistentHash, DestinationRule, TrafficPolicy } from '../../model/destination-rule.ts';
import { durationText } from '../../model/duration.ts';
import type { Protocol } from '../../model/protocol.ts';
import { accessLogs } from '../access-log.ts';
import { typed } from '../any.ts';
import { originOfField, originOfSpec, type ProxyContext } from '../context.ts';
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
  const hash = sourceIpHash(rule, subset);
  const tunnel = tunnelOf(rule, subset);
  const typedConfig = typed('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', {
    ...target,
    accessLog: accessLogs(context),
    hashPolicy: hash && [{ sourceIp: {} }],
    idleTimeout: durationText(pool?.idleTimeout) ?? metadataIdleTimeout(context),
    maxDownstreamConnectionDuration: durationText(pool?.maxConnectionDuration),
    statPrefix,
    tunnelingConfig: tunnel && tunneling(tunnel),
  });
  const { origins } = context;
  origins.mark(typedConfig, originOfSpec(context, hash), 'hashPolicy');
  origins.mark(typedConfig, originOfSpec(context, tunnel), 'tunnelingConfig');
  if (pool?.idleTimeout !== undefined)
    origins.mark(typedConfig, originOfField(context, pool, 'idleTimeout'), 'idleTimeout');
  if (pool?.maxConnectionDuration !== undefined)
    origins.mark(typedConfig, originOfField(context, pool, 'maxConnectionDuration'), 'maxDownstreamConnectionDuration');
  return { name: 'envoy.filters.network.tcp_proxy', typedConfig };
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
function sourceIpHash(rule: DestinationRule | undefined, subset: string): ConsistentHash | undefined {
  const bySource = (hash: ConsistentHash | undefined) => (hash?.useSourceIp === true ? hash : undefined);
  const own = rule?.subsets?.find((s) => s.name === subset)?.trafficPolicy?.loadBalancer;
  return own ? bySource(own.consistentHash) : bySource(rule?.trafficPolicy?.loadBalancer?.consistentHash);
}

type Tunnel = NonNullable<TrafficPolicy['tunnel']>;
const tunnelOf = (rule: DestinationRule | undefined, subset: string): Tunnel | undefined =>
  (subset ? rule?.subsets?.find((s) => s.name === subset)?.trafficPolicy : rule?.trafficPolicy)?.tunnel;

/** A CONNECT or POST request around the connection (DestinationRule `tunnel`). */
function tunneling(tunnel: Tunnel): JsonObject {
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
