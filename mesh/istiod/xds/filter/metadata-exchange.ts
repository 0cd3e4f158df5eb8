import type { JsonObject } from '../../../json.ts';
import { typedStruct } from '../any.ts';
import type { HttpFilterBuilder } from './filter.ts';

const peer = [{ istio_headers: {} }, { workload_discovery: {} }];
const headers = [{ istio_headers: {} }];

/** Tells the peers of a request who they are (Istio's own filter, not in upstream Envoy). */
export const httpMetadataExchange: HttpFilterBuilder = ({ context, direction, hbone, explicitProxy }) => {
  if (hbone) return [];
  // buildHTTPProxy in istio pilot/pkg/networking/core/listener.go does not ask.
  const inMeshOnly = !explicitProxy && context.proxyConfig.proxyHeaders?.metadataExchangeHeaders?.mode === 'IN_MESH';
  const value: JsonObject =
    direction === 'inbound'
      ? { downstream_discovery: peer, downstream_propagation: headers }
      : {
          upstream_discovery: peer,
          upstream_propagation: inMeshOnly ? [{ istio_headers: { skip_external_clusters: true } }] : headers,
        };
  return [{ name: 'istio.metadata_exchange', typedConfig: typedStruct('io.istio.http.peer_metadata.Config', value) }];
};

/** The same for connections: of inbound chains and, on the client's side, of clusters. */
export const tcpMetadataExchange: JsonObject = {
  name: 'istio.metadata_exchange',
  typedConfig: typedStruct('envoy.tcp.metadataexchange.config.MetadataExchange', {
    enable_discovery: true,
    protocol: 'istio-peer-exchange',
  }),
};
