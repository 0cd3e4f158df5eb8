import type { XdsConfig } from '../../../istiod/xds/types.ts';
import type { JsonObject } from '../../../json.ts';
import { typeUrl } from '../walk.ts';

/** What a lab could try: how it gets there in istiod's configuration, and the text that must not reach Envoy. */
export type Hostile = [name: string, config: Partial<XdsConfig>, gone: string | RegExp];

export const extension = (name: string) => typeUrl(`envoy.extensions.${name}`);
export const cluster = (part: JsonObject): Partial<XdsConfig> => ({
  clusters: [{ name: 'c', type: 'STATIC', ...part }],
});
export const endpointAt = (address: JsonObject, part: JsonObject = {}): JsonObject => ({
  loadAssignment: { clusterName: 'c', endpoints: [{ lbEndpoints: [{ endpoint: { address, ...part } }] }] },
});
export const listener = (part: JsonObject): Partial<XdsConfig> => ({
  listeners: [
    { name: 'l', address: { socketAddress: { address: '0.0.0.0', portValue: 80 } }, filterChains: [], ...part },
  ],
});
export const http = (part: JsonObject, filters: JsonObject[] = []): Partial<XdsConfig> =>
  listener({
    filterChains: [
      {
        filters: [
          {
            name: 'hcm',
            typedConfig: {
              '@type': extension('filters.network.http_connection_manager.v3.HttpConnectionManager'),
              statPrefix: 'x',
              httpFilters: filters,
              ...part,
            },
          },
        ],
      },
    ],
  });
export const filter = (type: string, config: JsonObject): Partial<XdsConfig> =>
  http({}, [{ name: 'f', typedConfig: { '@type': extension(type), ...config } }]);
export const log = (type: string, config: JsonObject): Partial<XdsConfig> =>
  http({ accessLog: [{ name: 'l', typedConfig: { '@type': extension(type), ...config } }] });
export const tls = (config: JsonObject): JsonObject => ({
  transportSocket: {
    name: 'tls',
    typedConfig: { '@type': extension('transport_sockets.tls.v3.UpstreamTlsContext'), commonTlsContext: config },
  },
});
