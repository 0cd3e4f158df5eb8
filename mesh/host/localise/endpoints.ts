import type { JsonObject } from '../../json.ts';
import { secretTlv } from '../../world/dial.ts';
import { typeUrl } from './walk.ts';

/** Type of the TLV with which InboundPassthroughCluster says that the proxy of the destination itself is calling. */
export const fromInboundTlv = 0xe1;

/** The metadata that names a virtual destination, as istiod writes it for HBONE (original_dst listener filter). */
export const originalDst = 'envoy.filters.listener.original_dst';
/** Load balancer metadata: the real address behind a fabric endpoint is chosen by subset, so no address is ever dialled from metadata. */
export const lb = 'envoy.lb';
export const realKey = 'meshLabsReal';

export const loopback = (port: number): JsonObject => ({
  socketAddress: { address: '127.0.0.1', portValue: port },
});

export const rawBuffer = (): JsonObject => ({
  name: 'envoy.transport_sockets.raw_buffer',
  typedConfig: { '@type': typeUrl('envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer') },
});

/** Puts a PROXY v2 header with the run's secret before whatever the inner socket sends. */
export function withProxyHeader(inner: JsonObject | undefined, secret: string, fromInbound = false): JsonObject {
  const addedTlvs = [{ type: secretTlv, value: base64(secret) }];
  if (fromInbound) addedTlvs.push({ type: fromInboundTlv, value: base64('1') });
  return {
    name: 'envoy.transport_sockets.upstream_proxy_protocol',
    typedConfig: {
      '@type': typeUrl('envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport'),
      config: { version: 'V2', addedTlvs },
      transportSocket: inner ?? rawBuffer(),
    },
  };
}

const base64 = (value: string): string => Buffer.from(value).toString('base64');

/** A STATIC cluster's one endpoint. */
export const staticAssignment = (clusterName: string, address: JsonObject): JsonObject => ({
  clusterName,
  endpoints: [{ lbEndpoints: [{ endpoint: { address } }] }],
});

/** This run's own delivery, in place of ADS, gRPC and files (spike, 4.3). */
export const ownSource = (initialFetchTimeout = '0s'): JsonObject => ({
  apiConfigSource: {
    apiType: 'REST',
    transportApiVersion: 'V3',
    clusterNames: [xdsCluster],
    refreshDelay: '0.010s',
    requestTimeout: '600s',
  },
  resourceApiVersion: 'V3',
  initialFetchTimeout,
});
export const xdsCluster = 'mesh_labs_xds';

/** A host that a subset of `fabric` or of an HBONE cluster is made of. */
export const realHost = (real: string, port: number): JsonObject => ({
  endpoint: { address: loopback(port) },
  metadata: { filterMetadata: { [lb]: { [realKey]: real } } },
});
