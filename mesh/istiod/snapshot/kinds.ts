import type { KindRef, KubeObject } from '../../kube/objects.ts';

/** The kinds that buildSnapshot reads; all versions of an Istio group are one to it. */
export const readKinds: readonly KindRef[] = [
  { apiVersion: 'v1', kind: 'Namespace' },
  { apiVersion: 'v1', kind: 'Node' },
  { apiVersion: 'v1', kind: 'Pod' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'v1', kind: 'Secret' },
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
  { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService' },
  { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule' },
  { apiVersion: 'networking.istio.io/v1', kind: 'Gateway' },
  { apiVersion: 'networking.istio.io/v1', kind: 'Sidecar' },
  { apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry' },
  { apiVersion: 'networking.istio.io/v1', kind: 'WorkloadEntry' },
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'GatewayClass' },
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway' },
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'ListenerSet' },
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'ReferenceGrant' },
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'BackendTLSPolicy' },
  { apiVersion: 'networking.istio.io/v1alpha3', kind: 'EnvoyFilter' },
  { apiVersion: 'networking.istio.io/v1beta1', kind: 'ProxyConfig' },
  { apiVersion: 'telemetry.istio.io/v1', kind: 'Telemetry' },
  { apiVersion: 'extensions.istio.io/v1alpha1', kind: 'WasmPlugin' },
  { apiVersion: 'extensions.istio.io/v1alpha1', kind: 'TrafficExtension' },
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute' },
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'GRPCRoute' },
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'TCPRoute' },
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'TLSRoute' },
  { apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication' },
  { apiVersion: 'security.istio.io/v1', kind: 'RequestAuthentication' },
  { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy' },
];

/** `networking.istio.io` of `networking.istio.io/v1`; empty for the core group. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';

/** Kinds of two groups may have one name: Istio calls that of the Gateway API KubernetesGateway. */
export const kindName = ({ apiVersion, kind }: KindRef): string =>
  kind === 'Gateway' && groupOf(apiVersion) === 'gateway.networking.k8s.io' ? 'KubernetesGateway' : kind;

const groups = new Map(readKinds.map((k) => [kindName(k), groupOf(k.apiVersion)]));

/** Whether buildSnapshot has a use for objects of this kind. A kind of that name in another group is another kind. */
export const isRead = (ref: KindRef): boolean => groups.get(kindName(ref)) === groupOf(ref.apiVersion);

/** Istio and Gateway API objects with a label istio.io/rev belong to the control plane of that revision (crdclient/client.go). */
export function isOfRevision(object: KubeObject, revision: string): boolean {
  const group = groupOf(object.apiVersion);
  const own = object.metadata.labels?.['istio.io/rev'];
  const labelled = group.endsWith('.istio.io') || group === 'gateway.networking.k8s.io';
  return !labelled || own === undefined || own === revision;
}
