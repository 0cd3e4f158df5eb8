import type { JsonObject } from '../../json.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { versions } from '../../versions.ts';
import { CLUSTER, ingestPod, type Pod } from '../ingest/pod.ts';
import type { MeshConfig } from '../mesh-config.ts';
import type { Labels } from '../model/labels.ts';
import { type Proxy as MeshProxy, proxyId, proxyTypeOf, sidecarId } from '../proxy.ts';
import { environmentMetadata, proxyConfigOf } from './announced-config.ts';
import type { Snapshot } from './snapshot.ts';

/** The proxy of a pod, a sidecar or a gateway, as its agent would announce it. */
export function proxyOf(pod: KubeObject | Pod, snapshot: Snapshot): MeshProxy {
  const known = 'ips' in pod ? (pod as Pod) : podOf(pod as KubeObject, snapshot);
  const { name, namespace, labels, spec } = known;
  const ip = known.ips[0] ?? '0.0.0.0';
  const type = proxyTypeOf(known);
  const config = proxyConfigOf(known, snapshot);
  return {
    id: proxyId(type, ip, known),
    type,
    namespace,
    name,
    ip,
    labels: known.allLabels,
    serviceAccount: spec.serviceAccountName ?? '',
    metadata: {
      ...environmentMetadata(config),
      ...commonMetadata(snapshot.mesh, { ips: known.ips, name, namespace, config }),
      ...(type === 'sidecar'
        ? {
            INTERCEPTION_MODE:
              known.annotations['sidecar.istio.io/interceptionMode'] ?? config.interceptionMode ?? 'REDIRECT',
          }
        : {}),
      LABELS: labels,
      NODE_NAME: spec.nodeName,
      SERVICE_ACCOUNT: spec.serviceAccountName,
      WORKLOAD_NAME: known.workload,
    },
  };
}

/** A workload that is no pod, as a proxies file describes it: a virtual machine. */
export interface AnnouncedProxy {
  name: string;
  namespace: string;
  ip: string;
  labels: Labels;
  metadata: JsonObject;
}

/** The proxy of a workload outside of Kubernetes, which tells istiod itself what it is. */
export function announcedProxy(of: AnnouncedProxy, snapshot: Snapshot): MeshProxy {
  const { name, namespace, ip, labels, metadata } = of;
  const config = proxyConfigOf(undefined, snapshot);
  return {
    id: sidecarId(ip, of),
    type: 'sidecar',
    namespace,
    name,
    ip,
    labels: registered(snapshot, { namespace, ip }) ?? labels,
    serviceAccount: typeof metadata.SERVICE_ACCOUNT === 'string' ? metadata.SERVICE_ACCOUNT : '',
    metadata: {
      ...environmentMetadata(config),
      ...commonMetadata(snapshot.mesh, { ips: [ip], name, namespace, config }),
      INTERCEPTION_MODE: 'REDIRECT',
      LABELS: labels,
      WORKLOAD_NAME: name,
      ...metadata,
    },
  };
}

/** The labels of a ServiceEntry's endpoint or of a WorkloadEntry go before what the workload announces (GetProxyWorkloadLabels). */
const registered = (snapshot: Snapshot, of: { namespace: string; ip: string }): Labels | undefined =>
  snapshot.entries
    .filter(({ service }) => service.namespace === of.namespace)
    .flatMap(({ endpoints }) => endpoints)
    .find((e) => e.addresses[0] === of.ip)?.labels;

/** The node metadata that all proxies of a mesh have. */
function commonMetadata(
  mesh: MeshConfig,
  of: { ips: readonly string[]; name: string; namespace: string; config: JsonObject },
): JsonObject {
  return {
    CLUSTER_ID: CLUSTER,
    ENVOY_PROMETHEUS_PORT: 15090,
    ENVOY_STATUS_PORT: 15021,
    INSTANCE_IPS: of.ips.join(','),
    ISTIO_VERSION: versions.istio,
    MESH_ID: mesh.trustDomain,
    NAME: of.name,
    NAMESPACE: of.namespace,
    PROXY_CONFIG: of.config,
  };
}

function podOf(object: KubeObject, snapshot: Snapshot): Pod {
  const found = snapshot.pods.byName.get(`${object.metadata.namespace ?? ''}/${object.metadata.name}`);
  if (found) return found;
  const intake = { provenance: snapshot.provenance, problems: [] };
  return ingestPod(object, { nodes: new Map(), trustDomain: snapshot.mesh.trustDomain }, intake);
}
