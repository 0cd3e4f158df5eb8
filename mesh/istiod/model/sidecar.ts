import { connectionPool } from './destination-rule.ts';
import { list, map, num, obj, type Shape, str } from './shape.ts';
import { destination } from './virtual-service.ts';

const sidecarPort = obj({ number: num, protocol: str, name: str });

/** networking.istio.io/v1 Sidecar. `ingress[].tls` needs a flag that istiod leaves off, so it is not read. */
const ingressListener = obj({
  port: sidecarPort,
  bind: str,
  captureMode: str,
  defaultEndpoint: str,
  connectionPool,
});
export type IngressListener = Shape<typeof ingressListener>;

const egressListener = obj({ port: sidecarPort, bind: str, captureMode: str, hosts: list(str) });
export type EgressListener = Shape<typeof egressListener>;

export const outboundTrafficPolicy = obj({ mode: str, egressProxy: destination });
export type OutboundTrafficPolicy = Shape<typeof outboundTrafficPolicy>;

export const sidecar = obj({
  workloadSelector: obj({ labels: map(str) }),
  ingress: list(ingressListener),
  egress: list(egressListener),
  inboundConnectionPool: connectionPool,
  outboundTrafficPolicy,
});
export type Sidecar = Shape<typeof sidecar>;
