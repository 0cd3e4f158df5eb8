import type { JsonObject } from '../../json.ts';
import { ownSource, realHost, realKey, withProxyHeader } from './endpoints.ts';
import type { LocalConfig } from './place.ts';
import type { RuleContext } from './rule.ts';
import { typeUrl } from './walk.ts';

export const fabricName = 'fabric';
export const worldHost = 'world';

/** The "network": an internal listener that restores source and destination, and a cluster of all real ports. */
export function addFabric(config: LocalConfig, context: RuleContext, ports: number[]): void {
  config.listeners.push(fabricListener(context.proxy.ip));
  config.clusters.push(fabricCluster(context.place.secret));
  const hosts = ports.map((port) => realHost(String(port), port));
  const lbEndpoints = [realHost(worldHost, context.place.worldPort), ...hosts];
  config.endpoints.push({ clusterName: fabricName, endpoints: [{ lbEndpoints }] });
}

/** The source is set for every connection, the destination comes with the endpoint's metadata (spike, section 3). */
const fabricListener = (ip: string): JsonObject => ({
  name: fabricName,
  internalListener: {},
  listenerFilters: [
    {
      name: 'envoy.filters.listener.set_filter_state',
      typedConfig: {
        '@type': typeUrl('envoy.extensions.filters.listener.set_filter_state.v3.Config'),
        onAccept: [
          {
            objectKey: 'envoy.filters.listener.original_dst.remote_ip',
            formatString: { textFormatSource: { inlineString: ip.includes(':') ? `[${ip}]:0` : `${ip}:0` } },
          },
        ],
      },
    },
    {
      name: 'envoy.filters.listener.original_dst',
      typedConfig: { '@type': typeUrl('envoy.extensions.filters.listener.original_dst.v3.OriginalDst') },
    },
  ],
  filterChains: [
    {
      filters: [
        {
          name: 'envoy.filters.network.tcp_proxy',
          typedConfig: {
            '@type': typeUrl('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy'),
            statPrefix: fabricName,
            cluster: fabricName,
          },
        },
      ],
    },
  ],
});

const fabricCluster = (secret: string): JsonObject => ({
  name: fabricName,
  type: 'EDS',
  connectTimeout: '1s',
  edsClusterConfig: { edsConfig: ownSource(), serviceName: fabricName },
  lbSubsetConfig: {
    fallbackPolicy: 'DEFAULT_SUBSET',
    defaultSubset: { [realKey]: worldHost },
    subsetSelectors: [{ keys: [realKey] }],
  },
  // Never more restrictive than the clusters in front of it.
  circuitBreakers: {
    thresholds: [{ maxConnections: 4294967295, maxPendingRequests: 4294967295, maxRequests: 4294967295 }],
  },
  transportSocket: withProxyHeader(undefined, secret),
});
