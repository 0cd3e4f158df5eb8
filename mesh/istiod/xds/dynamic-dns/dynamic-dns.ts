import type { JsonObject } from '../../../json.ts';
import { isWildcard } from '../../model/host.ts';
import type { Protocol } from '../../model/protocol.ts';
import type { Service } from '../../model/service.ts';
import { capturesDns } from '../addresses.ts';
import { socketAddress, typed } from '../any.ts';
import type { ProxyContext } from '../context.ts';

/** A ServiceEntry of resolution DYNAMIC_DNS whose host is a wildcard: the proxy looks up the names that clients ask for. */
export const isDynamic = ({ hostname, resolution }: Service): boolean =>
  resolution === 'DynamicDNS' && isWildcard(hostname);

/** Ports of other protocols have no cluster (buildOutboundClusters in istio networking/core/cluster.go). */
export const hasDynamicCluster = (protocol: Protocol): boolean =>
  protocol === 'HTTP' || protocol === 'TLS' || protocol === 'GRPC' || protocol === 'HTTP2';

/** outboundTrafficPolicy ALLOW_ANY_DYNAMIC_DNS: names that nobody defined are looked up, instead of the address being used. */
export const looksUpUnknown = ({ proxy, scope }: ProxyContext): boolean =>
  proxy.type === 'sidecar' && scope.outboundTrafficPolicy.mode === 'ALLOW_ANY_DYNAMIC_DNS';

export const lookupFamily = ({ proxy }: ProxyContext): string => (proxy.ip.includes(':') ? 'V6_ONLY' : 'V4_ONLY');

/** Filters and clusters of one service share their names. */
export const cacheOf = (context: ProxyContext, { hostname }: Service): JsonObject => ({
  dnsLookupFamily: lookupFamily(context),
  name: `${hostname}_dfp_dns_cache`,
});

/** PILOT_ALLOW_ANY_DYNAMIC_DNS_MAX_HOSTS as istiod is installed. */
export const cacheOfUnknown = (context: ProxyContext): JsonObject => ({
  dnsLookupFamily: lookupFamily(context),
  maxHosts: 1024,
  name: 'allow_any_dfp_dns_cache',
  typedDnsResolverConfig: capturesDns(context) ? agentResolver(context) : undefined,
});

/** The DNS server of the proxy's agent (buildAllowAnyDynamicDNSDNSCacheConfig in istio networking/core/networkfilter.go). */
function agentResolver({ proxy }: ProxyContext): JsonObject {
  const [, host = '', number = ''] = /^(.+):(\d+)$/.exec(String(proxy.metadata.DNS_PROXY_ADDR ?? '')) ?? [];
  const address = host === '' || host === 'localhost' ? '127.0.0.1' : host.replace(/^\[|\]$/g, '');
  return {
    name: 'envoy.network.dns_resolver.cares',
    typedConfig: typed('envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig', {
      resolvers: [socketAddress(address, Number(number) || 15053)],
    }),
  };
}

export const clusterType = (dnsCacheConfig: JsonObject, fields: JsonObject = {}): JsonObject => ({
  name: 'envoy.clusters.dynamic_forward_proxy',
  typedConfig: typed('envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig', { ...fields, dnsCacheConfig }),
});

export const httpLookup = (dnsCacheConfig: JsonObject): JsonObject => ({
  name: 'envoy.filters.http.dynamic_forward_proxy',
  typedConfig: typed('envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig', { dnsCacheConfig }),
});

/** Looks up the server name of TLS that is passed on. */
export const sniLookup = (context: ProxyContext, service: Service, portValue: number): JsonObject[] =>
  isDynamic(service)
    ? [
        {
          name: 'envoy.extensions.filters.network.sni_dynamic_forward_proxy',
          typedConfig: typed('envoy.extensions.filters.network.sni_dynamic_forward_proxy.v3.FilterConfig', {
            dnsCacheConfig: cacheOf(context, service),
            portValue,
          }),
        },
      ]
    : [];
