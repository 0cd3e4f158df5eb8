import type { JsonObject } from '../../../json.ts';
import { isGrpc } from '../../model/protocol.ts';
import type { ProxyContext } from '../context.ts';
import type { InboundPort } from '../listener/inbound-ports.ts';
import { inboundRetryPolicy } from './retry.ts';

/** All requests of a port go to the application (buildSidecarInboundHTTPRouteConfig in istio pilot/pkg/networking/core/httproute.go). */
export function inboundRouteConfig(context: ProxyContext, port: InboundPort): JsonObject {
  const virtualHost: JsonObject = {
    domains: ['*'],
    name: `inbound|http|${port.servicePort}`,
    routes: [
      {
        decorator: { operation: `${port.hostname}:${port.servicePort}/*` },
        match: { prefix: '/' },
        name: 'default',
        route: {
          cluster: port.cluster,
          maxStreamDuration: { grpcTimeoutHeaderMax: '0s', maxStreamDuration: '0s' },
          // A reset before the request was sent is safe to retry, but breaks gRPC streams.
          retryPolicy: isGrpc(port.protocol)
            ? undefined
            : inboundRetryPolicy(context.mesh.defaultInboundHttpRetryPolicy),
          timeout: '0s',
        },
      },
    ],
  };
  context.origins.mark(virtualHost, port.origin);
  return { name: port.cluster, validateClusters: false, virtualHosts: [virtualHost] };
}
