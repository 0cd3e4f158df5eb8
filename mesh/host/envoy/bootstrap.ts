import type { JsonObject } from '../../json.ts';
import { ownSource, xdsCluster } from '../localise/endpoints.ts';
import { adminSocket, xdsSocket } from '../localise/place.ts';
import { typeUrl } from '../localise/walk.ts';

export interface BootstrapOptions {
  /** The proxy's id, under which the xDS server knows it. */
  nodeId: string;
  /** As istio-agent names it: app.namespace; Envoy refuses to start without any (spike, rule 2). */
  cluster: string;
  metadata?: JsonObject;
  runFolder: string;
  podFolder: string;
}

/** The configuration an Envoy starts with: who it is, its admin socket, and this run's xDS server for all the rest. */
export function bootstrap({ nodeId, cluster, metadata = {}, runFolder, podFolder }: BootstrapOptions): JsonObject {
  return {
    node: { id: nodeId, cluster, metadata },
    admin: { address: { pipe: { path: adminSocket(podFolder), mode: 0o600 } } },
    // The internal listener `fabric` needs this extension (spike, rule 7).
    bootstrapExtensions: [
      {
        name: 'envoy.bootstrap.internal_listener',
        typedConfig: { '@type': typeUrl('envoy.extensions.bootstrap.internal_listener.v3.InternalListener') },
      },
    ],
    // Histograms are merged when somebody asks, not every five seconds.
    statsFlushOnAdmin: true,
    dynamicResources: { ldsConfig: ownSource(), cdsConfig: ownSource() },
    staticResources: { clusters: [xdsClusterTo(xdsSocket(runFolder))] },
  };
}

const http2 = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const many = 100_000;

/** One HTTP/2 connection carries all long polls of the proxy: one per cluster, route config and secret. */
const xdsClusterTo = (path: string): JsonObject => ({
  name: xdsCluster,
  type: 'STATIC',
  connectTimeout: '1s',
  circuitBreakers: {
    thresholds: [{ maxConnections: many, maxPendingRequests: many, maxRequests: many, maxRetries: many }],
  },
  typedExtensionProtocolOptions: {
    [http2]: {
      '@type': typeUrl(http2),
      explicitHttpConfig: { http2ProtocolOptions: { maxConcurrentStreams: many } },
    },
  },
  loadAssignment: {
    clusterName: xdsCluster,
    endpoints: [{ lbEndpoints: [{ endpoint: { address: { pipe: { path } } } }] }],
  },
});
