import type { Pod } from '../ingest/pod.ts';
import type { KubeService } from '../ingest/service.ts';
import { entryPort, type Workload } from '../ingest/workload.ts';
import { compareText } from '../model/config.ts';
import { type Labels, subsetOf } from '../model/labels.ts';
import type { Service, ServiceTarget } from '../model/service.ts';
import type { Proxy as MeshProxy } from '../proxy.ts';
import { endpointsFor } from './services.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * The service ports that a proxy's workload serves, oldest service first (GetProxyServiceTargets in istio
 * pilot/pkg/serviceregistry/kube/controller/controller.go, SetServiceTargets in pilot/pkg/model/context.go).
 */
export function serviceTargets(snapshot: Snapshot, proxy: MeshProxy): ServiceTarget[] {
  const entry = snapshot.workloads.find((w) => w.kind === 'WorkloadEntry' && w.endpoint.addresses[0] === proxy.ip);
  const kube = entry ? targetsOfEntry(snapshot, entry) : targetsOfPod(snapshot, proxy);
  return [...kube, ...entryTargets(snapshot, proxy)].sort(
    (a, b) => a.service.created - b.service.created || compareText(a.service.hostname, b.service.hostname),
  );
}

function targetsOfPod(snapshot: Snapshot, proxy: MeshProxy): ServiceTarget[] {
  const pod = snapshot.pods.byName.get(`${proxy.namespace}/${proxy.name}`);
  const services = (snapshot.kubeServices.get(proxy.namespace) ?? []).filter((s) =>
    selects(s.spec.selector, pod?.labels ?? proxy.labels),
  );
  return services.length > 0 ? services.flatMap((s) => targetsOf(snapshot, s, pod)) : selectorless(snapshot, proxy);
}

/** Services that select a WorkloadEntry. */
function targetsOfEntry(snapshot: Snapshot, entry: Workload): ServiceTarget[] {
  return (snapshot.kubeServices.get(entry.namespace) ?? [])
    .filter((s) => selects(s.spec.selector, entry.endpoint.labels))
    .flatMap((kube) => {
      const service = serviceOf(snapshot, kube);
      if (service?.resolution !== 'ClientSideLB') return [];
      return service.ports.flatMap((port) => {
        const targetPort = port.protocol === 'UDP' ? undefined : entryPort(kube, port, entry.ports);
        return targetPort === undefined ? [] : [{ service, port, targetPort }];
      });
    });
}

/** Services of ServiceEntries of which the proxy's address is an endpoint. */
const entryTargets = (snapshot: Snapshot, proxy: MeshProxy): ServiceTarget[] =>
  snapshot.entries
    .filter(({ service }) => service.namespace === proxy.namespace)
    .flatMap(({ service, endpoints }) =>
      endpoints
        .filter((e) => e.addresses[0] === proxy.ip)
        .flatMap((e) => {
          const port = service.ports.find((p) => p.port === e.servicePortNumber);
          return port ? [{ service, port, targetPort: e.port }] : [];
        }),
    );

const serviceOf = (snapshot: Snapshot, kube: KubeService): Service | undefined =>
  snapshot.services.byHost.get(`${kube.name}.${kube.namespace}.svc.cluster.local`)?.get(kube.namespace);

/** An empty selector selects nothing: such a Service has its endpoints from elsewhere. */
const selects = (selector: Labels | undefined, labels: Labels): boolean =>
  selector !== undefined && Object.keys(selector).length > 0 && subsetOf(selector, labels);

function targetsOf(snapshot: Snapshot, kube: KubeService, pod: Pod | undefined): ServiceTarget[] {
  const service = serviceOf(snapshot, kube);
  const seen = new Set<string>();
  return (kube.spec.ports ?? []).flatMap((kubePort) => {
    const port = service?.ports.find((p) => p.name === (kubePort.name ?? ''));
    const targetPort = targetPortOf(kubePort, pod);
    if (!service || !port || targetPort === undefined) return [];
    // One target per port and protocol, in the order of the Service.
    const id = `${targetPort} ${port.protocol}`;
    if (seen.has(id)) return [];
    seen.add(id);
    return [{ service, port, targetPort }];
  });
}

type KubePort = NonNullable<KubeService['spec']['ports']>[number];

function targetPortOf(port: KubePort, pod: Pod | undefined): number | undefined {
  const { targetPort } = port;
  if (typeof targetPort === 'number') return targetPort;
  // Kubernetes fills targetPort with port where it is absent.
  if (targetPort === undefined || targetPort === null) return port.port;
  const native = (pod?.spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always');
  return [...(pod?.spec.containers ?? []), ...native]
    .flatMap((c) => c.ports ?? [])
    .find((p) => p.name === targetPort && (p.protocol ?? 'TCP') === (port.protocol ?? 'TCP'))?.containerPort;
}

/** Services without selector whose endpoints name the proxy's address. */
function selectorless(snapshot: Snapshot, proxy: MeshProxy): ServiceTarget[] {
  return snapshot.services.all
    .filter((s) => s.namespace === proxy.namespace && s.kind === 'Service')
    .flatMap((service) =>
      endpointsFor(snapshot.endpoints, service)
        .all.filter((e) => e.addresses[0] === proxy.ip)
        .flatMap((e) => {
          const port = service.ports.find((p) => p.name === e.servicePort);
          return port ? [{ service, port, targetPort: e.port }] : [];
        }),
    );
}
