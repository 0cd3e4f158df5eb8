import type { JsonObject } from '../../../json.ts';
import type { DestinationRule, TrafficPolicy } from '../../model/destination-rule.ts';
import type { GatewayServer } from '../../model/gateway.ts';
import { hostSubsetOf } from '../../model/host.ts';
import type { Port, Service } from '../../model/service.ts';
import { sniKey } from '../../model/subset-key.ts';
import { destinationRule, type ProxyContext, ruleSpec } from '../context.ts';
import { mtlsAny } from '../listener/inbound-matches.ts';
import { protocolFilters, tcpProxy } from '../listener/network-filters.ts';
import { statName } from '../stat-name.ts';
import type { GatewayChain } from './chain.ts';
import { connectionFilters } from './connection-filters.ts';

/**
 * AUTO_PASSTHROUGH: whoever speaks mutual TLS of the mesh gets to the cluster that its server name says (builtAutoPassthroughFilterChains).
 * That it does is known by its ALPN, and the endpoints are those with sidecars only, which ask for a certificate.
 */
export function autoPassthroughChains(
  context: ProxyContext,
  server: GatewayServer,
  hosts: readonly string[],
): GatewayChain[] {
  return context.scope.services
    .filter((service) => !service.meshExternal && hosts.some((h) => hostSubsetOf(service.hostname, h)))
    .flatMap((service) => {
      const rule = withoutTunnels(ruleSpec(destinationRule(context, service.hostname)));
      const subsets = ['', ...(rule?.subsets ?? []).map((s) => s.name ?? '')];
      return service.ports
        .filter((port) => port.protocol !== 'UDP')
        .flatMap((port) => subsets.map((subset) => chain(context, { server, service, port, subset, rule })));
    });
}

interface Target {
  server: GatewayServer;
  service: Service;
  port: Port;
  subset: string;
  rule: DestinationRule | undefined;
}

function chain(context: ProxyContext, { server, service, port, subset, rule }: Target): GatewayChain {
  const cluster = sniKey(port.port, subset, service.hostname);
  const { name: portName, port: number } = port;
  const parts = { service, subset, port: number, portName, targetPort: 0 };
  const statPrefix = statName(context.mesh.outboundClusterStatName, parts) ?? cluster;
  const filters = (): JsonObject[] => [
    ...connectionFilters(context, number),
    ...protocolFilters(port.protocol, statPrefix),
    tcpProxy(context, { statPrefix, target: { cluster }, rule, subset }),
  ];
  return { server, sniHosts: [cluster], alpn: mtlsAny, filters };
}

/** Connections are passed on as they are. */
const withoutTunnels = (rule: DestinationRule | undefined): DestinationRule | undefined => {
  const plain = (policy: TrafficPolicy | undefined) => policy && { ...policy, tunnel: undefined };
  return (
    rule && {
      ...rule,
      trafficPolicy: plain(rule.trafficPolicy),
      subsets: rule.subsets?.map((s) => ({ ...s, trafficPolicy: plain(s.trafficPolicy) })),
    }
  );
};
