import type { Field } from '../../kube/schema/field.ts';
import type { Labels } from '../model/labels.ts';
import type { AnalysisContext, Resource } from './context.ts';

const inject = 'sidecar.istio.io/inject';

/** The image of a pod's sidecar, which may be an init container; empty without one. */
export function proxyImage(podSpec: Field): string {
  const containers = [...podSpec.get('containers').items(), ...podSpec.get('initContainers').items()];
  return containers.find((c) => c.get('name').text === 'istio-proxy')?.get('image').text ?? '';
}

interface Pods {
  spec: Field;
  labels: Labels;
  annotations: Labels;
  namespace: string;
}

/** Whether pods have, or will get, a sidecar (analyzers/util/in_mesh.go): label before annotation before namespace. */
export function inMesh({ spec, labels, annotations, namespace }: Pods, context: AnalysisContext): boolean {
  const containers = [...spec.get('containers').items(), ...spec.get('initContainers').items()];
  if (containers.some((c) => c.get('name').text === 'istio-proxy' && c.get('image').text !== '')) return true;
  const said = labels[inject] ?? annotations[inject];
  if (said !== undefined) return said === 'true';
  return context.find('Namespace', namespace)?.labels['istio-injection'] === 'enabled';
}

export const podInAmbient = ({ annotations }: Resource): boolean =>
  annotations['ambient.istio.io/redirection'] === 'enabled';

export function namespaceInAmbient(namespace: Resource | undefined): boolean {
  if (!namespace || namespace.labels['istio-injection'] === 'enabled' || namespace.labels['istio.io/rev']) return false;
  return namespace.labels['istio.io/dataplane-mode'] === 'ambient';
}

/** Parts of Istio itself, which are not told about. */
export const isControlPlane = ({ labels }: Resource): boolean =>
  labels.istio !== undefined || labels.release === 'istio';
