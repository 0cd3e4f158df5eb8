import type { JsonObject } from '../json.ts';

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

/** The id by which a sidecar calls itself (pilot/pkg/model ParseServiceNodeWithMetadata: type~ip~id~domain). */
export const sidecarId = (ip: string, { name, namespace }: { name: string; namespace: string }): string =>
  `sidecar~${ip}~${name}.${namespace}~${namespace}.svc.cluster.local`;
