import type { Proxy as MeshProxy } from '../../proxy.ts';
import type { ProxyContext } from '../context.ts';

/** `node.cluster` of the agent's making: the service that traces name (serviceClusterOrDefault in istio pkg/bootstrap/config.go). */
export function serviceCluster({ metadata, namespace }: MeshProxy): string {
  const workload = metadata.WORKLOAD_NAME;
  return `${typeof workload === 'string' && workload ? workload : 'istio-proxy'}.${namespace}`;
}

/** service.name as OpenTelemetry's conventions for Kubernetes want it (otelServiceName in istio networking/core/tracing.go). */
export function otelServiceName({ proxy, snapshot }: ProxyContext): string {
  const { labels, metadata, name, namespace } = proxy;
  const pod = snapshot.pods.byName.get(`${namespace}/${name}`);
  return (
    pod?.annotations['resource.opentelemetry.io/service.name'] ||
    labels['app.kubernetes.io/instance'] ||
    labels['app.kubernetes.io/name'] ||
    (typeof metadata.WORKLOAD_NAME === 'string' ? metadata.WORKLOAD_NAME : '') ||
    name ||
    'unknown_service'
  );
}
