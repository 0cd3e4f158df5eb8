import { isObject, type JsonObject, objects } from '../json.ts';
import type { KubeObject } from './objects.ts';

/** Names that istiod's injection template gives (mesh/istiod/inject). */
export const proxyContainer = 'istio-proxy';
/** Writes the iptables rules of capture; here capture is the apps' own doing, so it has nothing to do. */
export const initContainer = 'istio-init';

/** All containers of a pod; a native sidecar is an init container that goes on running. */
export function containersOf(pod: KubeObject): JsonObject[] {
  const spec = isObject(pod.spec) ? pod.spec : {};
  return [...objects(spec.initContainers), ...objects(spec.containers)];
}
