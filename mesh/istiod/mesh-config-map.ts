import { isObject, type Json } from '../json.ts';
import type { KubeObject } from '../kube/objects.ts';

/** The ConfigMap in which a cluster keeps the mesh config (istio pkg/config/mesh/kubemesh/watcher.go). */
export const meshConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'istio-system', name: 'istio' } as const;

export const isMeshConfigMap = ({ kind, apiVersion, metadata }: KubeObject): boolean =>
  kind === meshConfigMap.kind &&
  apiVersion === meshConfigMap.apiVersion &&
  metadata.namespace === meshConfigMap.namespace &&
  metadata.name === meshConfigMap.name;

/** Its key `mesh`: YAML text. */
export function meshTextIn(object: KubeObject | undefined): string | undefined {
  const data = object?.data as Json | undefined;
  return isObject(data) && typeof data.mesh === 'string' ? data.mesh : undefined;
}
