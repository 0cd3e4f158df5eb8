import type { KubeObject } from '../../kube/objects.ts';
import type { Config } from '../model/config.ts';
import { augmentLabels, type Labels } from '../model/labels.ts';
import type { Endpoint, Health } from '../model/service.ts';
import { bool, list, num, obj, type Shape, str } from '../model/shape.ts';
import { CLUSTER, type Pod } from './pod.ts';
import { type Intake, readConfig } from './read.ts';

const sliceEndpoint = obj({
  addresses: list(str),
  conditions: obj({ ready: bool, serving: bool, terminating: bool }),
  nodeName: str,
  targetRef: obj({ kind: str, name: str, namespace: str }),
});
type SliceEndpoint = Shape<typeof sliceEndpoint>;
const slice = obj({
  addressType: str,
  endpoints: list(sliceEndpoint),
  ports: list(obj({ name: str, port: num, protocol: str })),
});
export type EndpointSlice = Config<Shape<typeof slice>> & { service: string };

/** Reads a slice; `service` is empty for one that belongs to no Service. */
export function ingestEndpointSlice(object: KubeObject, intake: Intake): EndpointSlice {
  // An EndpointSlice has its fields beside metadata, not below spec.
  const { apiVersion, kind, metadata, ...fields } = object;
  const config = readConfig({ apiVersion, kind, metadata, spec: fields as KubeObject['spec'] }, slice, intake);
  return { ...config, service: config.labels['kubernetes.io/service-name'] ?? '' };
}

export interface PodLookup {
  byName: ReadonlyMap<string, Pod>;
  byIp: ReadonlyMap<string, readonly Pod[]>;
}

/** Endpoints of one slice (updateEndpointCacheForSlice in istio pilot/pkg/serviceregistry/kube/controller/endpointslice.go). */
export function endpointsOf(slice: EndpointSlice, pods: PodLookup): Endpoint[] {
  if (slice.spec.addressType === 'FQDN' || slice.service === '') return [];
  return (slice.spec.endpoints ?? []).flatMap((endpoint) =>
    (endpoint.addresses ?? []).flatMap((address) => {
      const pod = podOf(endpoint, address, slice.namespace, pods);
      // A slice that names a pod which is not there (yet) must wait: without it the identity would be wrong.
      if (!pod && endpoint.targetRef?.kind === 'Pod') return [];
      return portsOf(slice, endpoint, { address, pod });
    }),
  );
}

function podOf(endpoint: SliceEndpoint, ip: string, namespace: string, pods: PodLookup): Pod | undefined {
  const ref = endpoint.targetRef;
  if (ref?.kind === 'Pod') return pods.byName.get(`${ref.namespace ?? namespace}/${ref.name ?? ''}`);
  return pods.byIp.get(ip)?.find((pod) => pod.namespace === namespace);
}

function portsOf(
  slice: EndpointSlice,
  endpoint: SliceEndpoint,
  at: { address: string; pod: Pod | undefined },
): Endpoint[] {
  const { address, pod } = at;
  const labels: Labels = pod?.allLabels ?? augmentLabels({}, { cluster: CLUSTER, locality: '' });
  const common = {
    addresses: [address],
    labels,
    identity: pod?.identity ?? '',
    locality: pod?.locality ?? '',
    tlsMode: pod?.labels['security.istio.io/tlsMode'] ?? 'disabled',
    namespace: pod?.namespace ?? '',
    workload: pod?.workload ?? '',
    health: healthOf(endpoint),
    node: pod?.spec.nodeName ?? '',
    weight: 1,
    network: pod?.network ?? '',
  };
  return (slice.spec.ports ?? []).map((p) => ({ ...common, port: p.port ?? 0, servicePort: p.name ?? '' }));
}

/** Absent conditions mean true. Draining needs persistent sessions, which are off (PILOT_ENABLE_PERSISTENT_SESSION_FILTER). */
function healthOf({ conditions }: SliceEndpoint): Health {
  if (conditions?.ready !== false) return 'HEALTHY';
  return conditions.terminating === false ? 'UNHEALTHY' : 'TERMINATING';
}
