import { isObject, type JsonObject } from '../../../json.ts';
import type { DestinationRule } from '../../model/destination-rule.ts';
import type { Port, Service } from '../../model/service.ts';
import { outboundKey } from '../../model/subset-key.ts';
import type { RouteDestination, VirtualServiceConfig } from '../../model/virtual-service.ts';
import { destinationRule, originOfField, originOfSpec, type ProxyContext, ruleSpec, serviceFor } from '../context.ts';
import { sniLookup } from '../dynamic-dns/dynamic-dns.ts';
import { networkExtensions } from '../filter/extensions.ts';
import { statsFilters } from '../filter/stats.ts';
import { destinationCluster } from '../route/destination.ts';
import { statName } from '../stat-name.ts';
import { protocolFilters, tcpProxy } from './network-filters.ts';

export interface RoutesAt {
  port: Port;
  config: VirtualServiceConfig;
  /** What comes before the protocol's own filters; a client has only its metrics there. */
  before?: JsonObject[];
}

/** The filters of a chain that carries connections to one destination or several (networkfilter.go). */
export function routeFilters(context: ProxyContext, routes: readonly RouteDestination[], at: RoutesAt): JsonObject[] {
  const first = routes[0]?.destination;
  const service = serviceFor(context, first?.host ?? '');
  const rule = service && ruleSpec(destinationRule(context, service.hostname));
  if (routes.length === 1) {
    const cluster = destinationCluster(first, service, at.port.port);
    const parts = service && {
      service,
      subset: first?.subset,
      port: at.port.port,
      portName: at.port.name,
      targetPort: 0,
    };
    const pattern = context.mesh.outboundClusterStatName;
    const filters = terminal(context, at.port, {
      statPrefix: (parts && statName(pattern, parts)) ?? cluster,
      target: { cluster },
      rule,
      subset: first?.subset,
      before: at.before,
    });
    const proxy = filters.at(-1)?.typedConfig;
    if (isObject(proxy)) context.origins.mark(proxy, originOfSpec(context, routes[0]), 'cluster');
    return filters;
  }
  const clusters = routes
    .filter((r) => (r.weight ?? 0) > 0)
    .map((r) => {
      const to = serviceFor(context, r.destination?.host ?? '');
      const leg: JsonObject = { name: destinationCluster(r.destination, to, at.port.port), weight: r.weight };
      context.origins.mark(leg, originOfSpec(context, r));
      const gateway = at.config.semantics === 'gateway';
      const weighed = gateway ? originOfSpec(context, r) : originOfField(context, r, 'weight');
      context.origins.mark(leg, weighed, 'weight');
      return leg;
    });
  return terminal(context, at.port, {
    statPrefix: `${at.config.name}.${at.config.namespace}`,
    target: { weightedClusters: { clusters } },
    rule,
    before: at.before,
  });
}

/** The filters of a chain that carries connections to a service as it is. */
export function serviceFilters(context: ProxyContext, service: Service, port: Port): JsonObject[] {
  // A Sidecar may listen on another port than the service's: with one port it is clear which is meant.
  const number = service.ports.length === 1 ? (service.ports[0]?.port ?? port.port) : port.port;
  const cluster = outboundKey(number, '', service.hostname);
  const rule = ruleSpec(destinationRule(context, service.hostname));
  const statPrefix =
    statName(context.mesh.outboundClusterStatName, { service, port: number, targetPort: 0 }) ?? cluster;
  return terminal(context, port, { statPrefix, target: { cluster }, rule, service });
}

function terminal(
  context: ProxyContext,
  port: Port,
  options: {
    statPrefix: string;
    target: Parameters<typeof tcpProxy>[1]['target'];
    rule?: DestinationRule;
    subset?: string;
    before?: JsonObject[];
    service?: Service;
  },
): JsonObject[] {
  const at = { direction: 'outbound', port: port.port } as const;
  return [
    ...(options.before ?? [...networkExtensions(context, at), ...statsFilters(context, 'outbound')]),
    ...(options.service ? sniLookup(context, options.service, port.port) : []),
    ...protocolFilters(port.protocol, options.statPrefix),
    tcpProxy(context, options),
  ];
}
