import { isObject, type JsonObject } from '../json.ts';
import type { KindInfo } from './kind-info.ts';
import type { KubeObject } from './objects.ts';

/** Scale is served only as a subresource of workloads. */
export const scaleKind: KindInfo = {
  apiVersion: 'autoscaling/v1',
  kind: 'Scale',
  plural: 'scales',
  singular: 'scale',
  shortNames: [],
  namespaced: true,
};

/** The autoscaling/v1 Scale of a workload, as its /scale subresource shows it. */
export function toScale(object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = (part: JsonObject | undefined) => (typeof part?.replicas === 'number' ? part.replicas : 0);
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: replicas(object.spec) },
    status: { replicas: replicas(object.status), selector: selectorText(object.spec?.selector) },
  };
}

/** The workload with the number of replicas of a Scale. */
export const withScale = (object: KubeObject, scale: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: scale.metadata.resourceVersion },
  spec: { ...object.spec, replicas: scale.spec?.replicas },
});

const operators: { [operator: string]: (key: string, values: string) => string } = {
  In: (key, values) => `${key} in (${values})`,
  NotIn: (key, values) => `${key} notin (${values})`,
  Exists: (key) => key,
  DoesNotExist: (key) => `!${key}`,
};

/** A label selector in its string form, as kubectl and autoscalers use it. */
export function selectorText(selector: unknown): string {
  if (!isObject(selector)) return '';
  const labels = isObject(selector.matchLabels) ? Object.entries(selector.matchLabels) : [];
  const expressions = Array.isArray(selector.matchExpressions) ? selector.matchExpressions.filter(isObject) : [];
  const others = expressions.map(({ key, operator, values }) =>
    operators[String(operator)]?.(String(key), Array.isArray(values) ? [...values].sort().join(',') : ''),
  );
  return [...labels.map(([key, value]) => `${key}=${value}`), ...others].join(',');
}
