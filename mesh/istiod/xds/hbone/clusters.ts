import type { JsonObject } from '../../../json.ts';
import { durationText } from '../../model/duration.ts';
import { typed } from '../any.ts';
import { httpProtocolOptions } from '../cluster/draft.ts';
import type { ProxyContext } from '../context.ts';
import { HBONE_PORT } from './ambient.ts';
import { connectTls, tlsSocket } from './tls.ts';

const UNLIMITED = 4294967295;
const circuitBreakers: JsonObject = {
  thresholds: [
    { maxConnections: UNLIMITED, maxPendingRequests: UNLIMITED, maxRequests: UNLIMITED, maxRetries: UNLIMITED },
  ],
};
const HOUR = 3600e9;

/** Where tunnels go: the address in the connection's metadata, at the port of HBONE (buildConnectOriginate in istio networking/core/cluster_waypoint.go). */
export const connectOriginate = (context: ProxyContext): JsonObject => ({
  altStatName: 'connect_originate;',
  circuitBreakers,
  cleanupInterval: '60s',
  connectTimeout: durationText(context.mesh.connectTimeout),
  lbPolicy: 'CLUSTER_PROVIDED',
  name: 'connect_originate',
  originalDstLbConfig: {
    metadataKey: { key: 'envoy.filters.listener.original_dst', path: [{ key: 'waypoint' }] },
    upstreamPortOverride: HBONE_PORT,
  },
  transportSocket: tlsSocket('Upstream', { commonTlsContext: connectTls(context) }),
  type: 'ORIGINAL_DST',
  typedExtensionProtocolOptions: httpProtocolOptions({
    commonHttpProtocolOptions: { idleTimeout: durationText(context.mesh.hboneIdleTimeout ?? HOUR) },
    explicitHttpConfig: { http2ProtocolOptions: { allowConnect: true } },
  }),
});

/** Leads from the end of the tunnel to the listener that serves what comes out of it (GetMainInternalCluster). */
export const mainInternalCluster = (): JsonObject => ({
  altStatName: 'main_internal;',
  circuitBreakers,
  loadAssignment: {
    clusterName: 'main_internal',
    endpoints: [
      {
        lbEndpoints: [{ endpoint: { address: { envoyInternalAddress: { serverListenerName: 'main_internal' } } } }],
      },
    ],
  },
  name: 'main_internal',
  transportSocket: {
    name: 'internal_upstream',
    typedConfig: typed('envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport', {
      transportSocket: {
        name: 'raw_buffer',
        typedConfig: typed('envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer'),
      },
    }),
  },
  type: 'STATIC',
  typedExtensionProtocolOptions: httpProtocolOptions({
    commonHttpProtocolOptions: { idleTimeout: '300s' },
    useDownstreamProtocolConfig: { http2ProtocolOptions: {}, httpProtocolOptions: {} },
  }),
});
