import type { Container, Pod } from '../../kube/kinds/pod.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Mutator } from '../../kube/schema/admit.ts';
import type { Store } from '../../kube/store.ts';
import { type Intake, readConfig } from '../ingest/read.ts';
import type { MeshConfig } from '../mesh-config.ts';
import { proxyConfigObject } from '../model/proxy-config.ts';
import { indexProxyConfigs } from '../snapshot/proxy-configs.ts';
import { type Added, injectedAnnotations, injectedLabels } from './metadata.ts';
import { injectRequired } from './required.ts';
import { routerContainer, unprivilegedPorts } from './router.ts';
import { initContainer, interceptionMode, proxyContainer, volumes } from './sidecar.ts';

const namespaceKind = { apiVersion: 'v1', kind: 'Namespace' };
const proxyConfigKind = { apiVersion: 'networking.istio.io/v1beta1', kind: 'ProxyConfig' };
const nativeAnnotation = 'sidecar.istio.io/nativeSidecar';

/** The sidecar injector as a mutating webhook: pods on creation, by the labels of their namespace at that time. */
export const sidecarInjector =
  (store: () => Store, mesh: () => MeshConfig): Mutator =>
  (object, previous) => {
    if (object.kind !== 'Pod' || object.apiVersion !== 'v1' || previous) return object;
    const namespace = store().get({ ...namespaceKind, name: object.metadata.namespace ?? 'default' });
    return inject(object as Pod, namespace, configuredFor(object as Pod, store(), mesh()));
  };

/** The mesh config as it is for a pod: with its own ProxyConfig as the default one. */
function configuredFor({ metadata }: Pod, store: Store, mesh: MeshConfig): MeshConfig {
  const intake: Intake = { provenance: new WeakMap(), problems: [] };
  const objects = store.list(proxyConfigKind).map((object) => readConfig(object, proxyConfigObject, intake));
  const { namespace = 'default', labels = {}, annotations = {} } = metadata;
  const defaultConfig = indexProxyConfigs(objects, mesh).effective({ namespace, labels, annotations });
  return { ...mesh, raw: { ...mesh.raw, defaultConfig } };
}

/**
 * The pod with its sidecar, or the same pod when none is due. Sidecars are native (Kubernetes 1.33 has them for good,
 * pkg/kube/inject/webhook.go, DetectNativeSidecar) unless the pod is annotated otherwise. Probes are not rewritten to
 * the agent's port, as there is no agent: whoever runs the pod probes the app itself.
 */
export function inject(pod: Pod, namespace: KubeObject | undefined, mesh: MeshConfig): Pod {
  if (!pod.spec || isInjected(pod) || !injectRequired(pod, namespace)) return pod;
  if (isGateway(pod)) return injectGateway(pod, mesh);
  const native = pod.metadata.annotations?.[nativeAnnotation] !== 'false';
  const proxy = customised(pod, proxyContainer(pod, mesh, native));
  const added: Added = {
    initContainers: [
      ...(interceptionMode(pod, mesh) === 'NONE' ? [] : [initContainer(pod, mesh)]),
      ...(native ? [proxy] : []),
    ],
    containers: native ? [] : [proxy],
    volumes,
  };
  const { metadata } = pod;
  return {
    ...pod,
    metadata: {
      ...metadata,
      labels: injectedLabels(pod, mesh),
      annotations: injectedAnnotations(pod, added),
    },
    spec: withSidecar(pod.spec, added),
  };
}

const isGateway = ({ metadata }: Pod) =>
  (metadata.annotations?.['inject.istio.io/templates'] ?? '').split(',').some((name) => name.trim() === 'gateway');

/** The template `gateway`: the pod is the proxy, and nothing is captured (files/gateway-injection-template.yaml). */
function injectGateway(pod: Pod, mesh: MeshConfig): Pod {
  const { metadata, spec = { containers: [] } } = pod;
  const added: Added = { initContainers: [], containers: [customised(pod, routerContainer(pod, mesh))], volumes };
  const labels = injectedLabels(pod, mesh);
  // Its callers are outside of the mesh; who calls it from inside says so with a DestinationRule.
  if (metadata.labels?.['security.istio.io/tlsMode'] === undefined) delete labels['security.istio.io/tlsMode'];
  return {
    ...pod,
    metadata: { ...metadata, labels, annotations: injectedAnnotations(pod, added) },
    spec: { ...withSidecar(spec, added), securityContext: { ...unprivilegedPorts, ...(spec.securityContext ?? {}) } },
  };
}

const isInjected = (pod: Pod) => pod.metadata.annotations?.['sidecar.istio.io/status'] !== undefined;

/** A container named istio-proxy in the pod changes the injected one; the image `auto` stands for the injected image. */
function customised(pod: Pod, proxy: Container): Container {
  const own = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find(isProxy);
  if (!own) return proxy;
  const { image, env = [], ...rest } = own;
  return {
    ...proxy,
    ...rest,
    image: !image || image === 'auto' ? proxy.image : image,
    env: [...(proxy.env ?? []), ...env],
  };
}

const isProxy = (container: Container) => container.name === 'istio-proxy';

/** A native sidecar goes before the pod's init containers, which then are in the mesh; istio-init without one goes last. */
function withSidecar(spec: NonNullable<Pod['spec']>, added: Added): NonNullable<Pod['spec']> {
  const init = (spec.initContainers ?? []).filter((container) => !isProxy(container));
  const native = added.initContainers.some(isProxy);
  const initContainers = native ? [...added.initContainers, ...init] : [...init, ...added.initContainers];
  const own = new Set((spec.volumes ?? []).map((volume) => volume.name));
  return {
    ...spec,
    ...(initContainers.length > 0 ? { initContainers } : {}),
    containers: [...spec.containers.filter((container) => !isProxy(container)), ...added.containers],
    volumes: [...(spec.volumes ?? []), ...added.volumes.filter((volume) => !own.has(volume.name))],
  };
}
