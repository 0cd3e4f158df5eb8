import type { JsonObject } from '../json.ts';
import type { KubeObject } from '../kube/objects.ts';

/** A proxy as it announces itself; for injected pods everything is derived from the Pod. */
export interface Proxy {
  /** `sidecar~10.244.1.5~pod.namespace~namespace.svc.cluster.local` */
  id: string;
  type: 'sidecar' | 'router' | 'waypoint' | 'ztunnel';
  namespace: string;
  /** Pod name (or WorkloadEntry name for a VM). */
  name: string;
  ip: string;
  labels: { [key: string]: string };
  serviceAccount: string;
  /** The node metadata of istio-agent: CLUSTER_ID, ISTIO_VERSION, WORKLOAD_NAME, PROXY_CONFIG … */
  metadata: JsonObject;
}

/** The id by which a proxy calls itself (pilot/pkg/model ParseServiceNodeWithMetadata: type~ip~id~domain). */
export const proxyId = (
  type: Proxy['type'],
  ip: string,
  { name, namespace }: { name: string; namespace: string },
): string => `${type}~${ip}~${name}.${namespace}~${namespace}.svc.cluster.local`;

export const sidecarId = (ip: string, of: { name: string; namespace: string }): string => proxyId('sidecar', ip, of);

type Labels = Proxy['labels'];

/**
 * What the proxy of a pod is. istio-agent is told by its arguments; here it shows in what Istio's charts and its deployment controller
 * write: labels of a Gateway's name and class, `istio: ingressgateway` (or egress, or any name of the gateway chart), or the template
 * `gateway` of the injector (manifests/charts/gateways, manifests/charts/gateway, istio pilot gatewaycommon/deploymentcontroller.go).
 */
export function proxyTypeOf(pod: { labels: Labels; annotations: Labels }): 'sidecar' | 'router' | 'waypoint' {
  const { labels, annotations } = pod;
  const gatewayClass = labels['gateway.networking.k8s.io/gateway-class-name'] ?? '';
  const managed = labels['gateway.istio.io/managed'] ?? '';
  if (managed === 'istio.io-mesh-controller' || gatewayClass === 'istio-waypoint') return 'waypoint';
  if (labels['gateway.networking.k8s.io/gateway-name'] !== undefined) return 'router';
  const templates = (annotations['inject.istio.io/templates'] ?? '').split(',').map((t) => t.trim());
  return templates.includes('gateway') || /gateway$/.test(labels.istio ?? '') ? 'router' : 'sidecar';
}

/** The id that the proxy of a pod announces, at the pod's address. */
export function podProxyId({ metadata }: KubeObject, ip: string): string {
  const { name, namespace = 'default', labels = {}, annotations = {} } = metadata;
  return proxyId(proxyTypeOf({ labels, annotations }), ip, { name, namespace });
}

/** Reads the type back from an id. */
export const typeOfProxy = (id: string): Proxy['type'] => id.slice(0, id.indexOf('~')) as Proxy['type'];
