import { isIp } from '../model/host.ts';
import { augmentLabels, type Labels, subsetOf } from '../model/labels.ts';
import type { Endpoint, Port, Service } from '../model/service.ts';
import type { WorkloadEntry } from '../model/service-entry.ts';
import { CLUSTER, type Pod } from './pod.ts';
import type { KubeService } from './service.ts';

/** A workload that services may select: a ready pod, or a WorkloadEntry. */
export interface Workload {
  kind: 'Pod' | 'WorkloadEntry';
  namespace: string;
  name: string;
  /** An endpoint that has no port yet. */
  endpoint: Omit<Endpoint, 'port' | 'servicePort'>;
  /** Ports by name. */
  ports: { [name: string]: number };
  /** Host names and Unix sockets are of use to DNS services only. */
  dnsOnly: boolean;
}

export function workloadOfPod(pod: Pod): Workload | undefined {
  const address = pod.ips[0];
  if (address === undefined || !pod.ready) return undefined;
  const ports: { [name: string]: number } = {};
  for (const container of pod.spec.containers ?? [])
    for (const port of container.ports ?? [])
      if (port.name && (port.protocol ?? 'TCP') === 'TCP') ports[port.name] ??= port.containerPort ?? 0;
  return {
    kind: 'Pod',
    namespace: pod.namespace,
    name: pod.name,
    endpoint: {
      addresses: [address],
      labels: pod.allLabels,
      identity: pod.identity,
      locality: pod.locality,
      tlsMode: pod.labels['security.istio.io/tlsMode'] ?? 'disabled',
      namespace: pod.namespace,
      workload: pod.workload,
      health: 'HEALTHY',
      node: pod.spec.nodeName ?? '',
      weight: 1,
      network: pod.network,
    },
    ports,
    dnsOnly: false,
  };
}

export interface EntrySource {
  entry: WorkloadEntry;
  namespace: string;
  name: string;
  labels: Labels;
  annotations: Labels;
  trustDomain: string;
}

/** convertWorkloadEntryToWorkloadInstance in istio pilot/pkg/serviceregistry/serviceentry/conversion.go. */
export function workloadOfEntry({
  entry,
  namespace,
  name,
  labels: own,
  annotations,
  trustDomain,
}: EntrySource): Workload {
  const labels: Labels = { ...entry.labels, ...own };
  const address = entry.address ?? '';
  const locality = entry.locality || (labels['istio-locality'] ?? '').replaceAll('.', '/');
  const account = entry.serviceAccount;
  return {
    kind: 'WorkloadEntry',
    namespace,
    name,
    endpoint: {
      addresses: [address],
      labels: augmentLabels(labels, { cluster: CLUSTER, locality, network: entry.network }),
      identity: account ? `spiffe://${trustDomain}/ns/${namespace}/sa/${account}` : '',
      locality,
      // A service account is taken as the sign of a sidecar.
      tlsMode: labels['security.istio.io/tlsMode'] ?? (account ? 'istio' : 'disabled'),
      namespace,
      workload: annotations['istio.io/autoRegistrationGroup'] ?? own['service.istio.io/workload-name'] ?? name,
      health: 'UNKNOWN',
      node: '',
      weight: entry.weight || 1,
      network: entry.network ?? '',
    },
    ports: entry.ports ?? {},
    dnsOnly: address !== '' && !isIp(address),
  };
}

/** WorkloadEntries that a Kubernetes Service selects are its endpoints as well (PILOT_ENABLE_K8S_SELECT_WORKLOAD_ENTRIES). */
export function selectedByService(kube: KubeService, service: Service, workloads: readonly Workload[]): Endpoint[] {
  const { selector } = kube.spec;
  if (service.resolution !== 'ClientSideLB' || !selector || Object.keys(selector).length === 0) return [];
  const selected = workloads.filter(
    (w) =>
      w.kind === 'WorkloadEntry' &&
      !w.dnsOnly &&
      w.namespace === service.namespace &&
      subsetOf(selector, w.endpoint.labels),
  );
  return service.ports.flatMap((port) =>
    selected.flatMap((workload) => {
      const number = entryPort(kube, port, workload.ports);
      return number === undefined ? [] : [{ ...workload.endpoint, port: number, servicePort: port.name }];
    }),
  );
}

/** The port that an entry serves a Service's port on; a named targetPort must be among the entry's ports. */
export function entryPort(kube: KubeService, port: Port, ports: { [name: string]: number }): number | undefined {
  const target = (kube.spec.ports ?? []).find((p) => p.name === port.name || p.port === port.port)?.targetPort;
  if (typeof target === 'string') return ports[target] || undefined;
  return ports[port.name] || (typeof target === 'number' ? target : port.port);
}
