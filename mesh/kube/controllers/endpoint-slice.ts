import type { Json } from '../../json.ts';
import { equal } from '../frozen.ts';
import { isFinished, isReady, isTerminating, type Pod, podKind } from '../kinds/pod.ts';
import {
  type Endpoint,
  type EndpointPort,
  type EndpointSlice,
  endpointSliceKind,
  type Service,
  type ServicePort,
  serviceKind,
} from '../kinds/service.ts';
import { matchSelector } from '../selectors/labels.ts';
import type { Store, StoreEvent } from '../store.ts';
import { type Controller, controllerRef, type Key, keyOf } from './controller.ts';
import { nodeKind } from './node.ts';

const serviceLabel = 'kubernetes.io/service-name';
const managerLabel = 'endpointslice.kubernetes.io/managed-by';
const manager = 'endpointslice-controller.k8s.io';

/** Service → EndpointSlices: one per set of port numbers (kubernetes pkg/controller/endpointslice). */
export const endpointSliceController: Controller = {
  name: 'endpointslice-controller',
  watches: [
    { kind: serviceKind },
    { kind: podKind, keys: servicesOfPod },
    { kind: endpointSliceKind, keys: ({ object }) => ownerService(object.metadata) },
  ],
  start: ({ store }) => ({
    reconcile(key) {
      const service = store.get({ ...serviceKind, ...key }) as Service | undefined;
      // A Service without selector has slices of somebody else's making.
      if (!service || isTerminating(service) || !hasSelector(service)) return;
      write(store, service, slicesOf(store, service));
    },
  }),
};

const hasSelector = ({ spec }: Service) =>
  Object.keys(spec?.selector ?? {}).length > 0 && spec?.type !== 'ExternalName';

/** Services that select the pod, or selected it before the change. */
function servicesOfPod({ object, previous }: StoreEvent, store: Store): Key[] {
  const services = store.list(serviceKind, { namespace: object.metadata.namespace ?? '' }) as readonly Service[];
  const states = [object, ...(previous ? [previous] : [])];
  return services
    .filter(hasSelector)
    .filter((service) =>
      states.some((pod) => matchSelector({ matchLabels: service.spec?.selector })(pod.metadata.labels)),
    )
    .map(keyOf);
}

function ownerService({ labels, namespace = '' }: { labels?: { [key: string]: string }; namespace?: string }): Key[] {
  const name = labels?.[serviceLabel];
  return name && labels?.[managerLabel] === manager ? [{ namespace, name }] : [];
}

interface Slice {
  ports: EndpointPort[];
  endpoints: Endpoint[];
}

/** Pods that resolve named ports to the same numbers share a slice. A Service without pods has one empty slice. */
function slicesOf(store: Store, service: Service): Slice[] {
  const selects = matchSelector({ matchLabels: service.spec?.selector });
  const pods = (store.list(podKind, { namespace: service.metadata.namespace ?? '' }) as readonly Pod[]).filter(
    (pod) => selects(pod.metadata.labels) && pod.status?.podIP && !isFinished(pod),
  );
  const slices = new Map<string, Slice>();
  for (const pod of pods) {
    const ports = portsFor(service, pod);
    const key = JSON.stringify(ports);
    const slice = slices.get(key) ?? { ports, endpoints: [] };
    slice.endpoints.push(endpointOf(store, service, pod));
    slices.set(key, slice);
  }
  return slices.size > 0 ? [...slices.values()] : [{ ports: [], endpoints: [] }];
}

/** Ports whose named target the pod does not have are left out, as Kubernetes does. */
function portsFor(service: Service, pod: Pod): EndpointPort[] {
  return (service.spec?.ports ?? []).flatMap((port) => {
    const number = targetPort(port, pod);
    if (number === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = port;
    return [{ name, port: number, protocol, ...(appProtocol ? { appProtocol } : {}) }];
  });
}

function targetPort({ targetPort: target, port, protocol = 'TCP' }: ServicePort, pod: Pod): number | undefined {
  if (typeof target !== 'string') return target || port;
  const containers = [
    ...(pod.spec?.containers ?? []),
    ...(pod.spec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always'),
  ];
  return containers
    .flatMap((container) => container.ports ?? [])
    .find((p) => p.name === target && (p.protocol ?? 'TCP') === protocol)?.containerPort;
}

function endpointOf(store: Store, { spec }: Service, pod: Pod): Endpoint {
  const { name, namespace, uid } = pod.metadata;
  const { nodeName } = pod.spec ?? {};
  const serving = isReady(pod);
  const terminating = isTerminating(pod);
  const zone = nodeName && store.get({ ...nodeKind, name: nodeName })?.metadata.labels?.['topology.kubernetes.io/zone'];
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: { ready: spec?.publishNotReadyAddresses || (serving && !terminating), serving, terminating },
    ...(nodeName ? { nodeName } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(zone ? { zone } : {}),
  };
}

/** Changes slices in place where it can, so that watchers see an update and no gap. */
function write(store: Store, service: Service, slices: Slice[]): void {
  const { namespace = '', name, labels = {} } = service.metadata;
  const selector = `${serviceLabel}=${name},${managerLabel}=${manager}`;
  const present = [
    ...(store.list(endpointSliceKind, { namespace, labelSelector: selector }) as readonly EndpointSlice[]),
  ];
  const headless: { [key: string]: string } =
    service.spec?.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {};
  const wantedLabels = { ...labels, ...headless, [serviceLabel]: name, [managerLabel]: manager };
  for (const slice of slices) {
    const at = present.findIndex((p) => equal(p.ports, slice.ports));
    const old = at >= 0 ? present.splice(at, 1)[0] : undefined;
    const body = { addressType: 'IPv4', ...slice };
    if (old) {
      const next = { ...old, ...body, metadata: { ...old.metadata, labels: wantedLabels } };
      if (!equal(next as Json, old as Json)) store.update(next);
    } else {
      const metadata = {
        name: '',
        generateName: `${name}-`,
        namespace,
        labels: wantedLabels,
        ownerReferences: [controllerRef(service)],
      };
      store.create({ ...endpointSliceKind, metadata, ...body });
    }
  }
  for (const old of present) store.delete({ ...endpointSliceKind, namespace, name: old.metadata.name });
}
