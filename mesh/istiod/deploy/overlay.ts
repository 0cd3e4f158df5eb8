import { parse } from 'yaml';
import { isObject, type Json } from '../../json.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { shapeOf } from '../../kube/patch/shapes.ts';
import { strategicPatch } from '../../kube/patch/strategic.ts';
import type { Store } from '../../kube/store.ts';

const keys: { [kind: string]: string } = {
  Deployment: 'deployment',
  Service: 'service',
  ServiceAccount: 'serviceAccount',
};
const classDefaults = 'gateway.istio.io/defaults-for-class';

/**
 * The object with the changes of ConfigMaps over it: that of the class in istio-system, then that which the Gateway names as its
 * parameters (render and applyOverlay in istio gatewaycommon/deploymentcontroller.go). A text that is not YAML changes nothing; the
 * Gateway's status tells of parameters that do not exist.
 */
export function withOverlays(store: Store, gateway: KubeObject, object: KubeObject): KubeObject {
  const key = keys[object.kind] ?? '';
  return overlaysOf(store, gateway).reduce((below, map) => {
    const { data } = map as { data?: unknown };
    const text = isObject(data) ? data[key] : undefined;
    const patch = typeof text === 'string' ? parsed(text) : undefined;
    if (patch === undefined) return below;
    const { name, namespace, ownerReferences } = below.metadata;
    const patched = strategicPatch(below as Json, patch, shapeOf(below)) as KubeObject;
    return { ...patched, metadata: { ...patched.metadata, name, namespace, ownerReferences } } as KubeObject;
  }, object);
}

function overlaysOf(store: Store, { metadata, spec }: KubeObject): KubeObject[] {
  const kind = { apiVersion: 'v1', kind: 'ConfigMap' };
  const selector = `${classDefaults}=${spec?.gatewayClassName}`;
  const [ofClass] = store.list(kind, { namespace: 'istio-system', labelSelector: selector });
  const ref = isObject(spec?.infrastructure) ? spec.infrastructure.parametersRef : undefined;
  const own =
    isObject(ref) && ref.kind === 'ConfigMap' && typeof ref.name === 'string'
      ? store.get({ ...kind, namespace: metadata.namespace ?? '', name: ref.name })
      : undefined;
  return [ofClass, own].filter((map) => map !== undefined);
}

function parsed(text: string): Json | undefined {
  try {
    const value: unknown = parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
