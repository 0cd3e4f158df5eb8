import { timestamp } from '../naming.ts';
import type { KubeObject } from '../objects.ts';

const defaultGrace = 30;

/**
 * Seconds a pod is left to stop; 0 for everything else, and for pods that nothing runs
 * (kubernetes pkg/registry/core/pod/strategy.go, CheckGracefulDelete).
 */
export function graceOf(object: KubeObject, requested: number | undefined): number {
  if (object.apiVersion !== 'v1' || object.kind !== 'Pod') return 0;
  const phase = object.status?.phase;
  if (!object.spec?.nodeName || phase === 'Succeeded' || phase === 'Failed') return 0;
  if (requested !== undefined) return requested < 0 ? 1 : requested;
  const own = object.spec.terminationGracePeriodSeconds;
  return typeof own === 'number' ? own : defaultGrace;
}

/**
 * When the object is to be gone. A second delete can only shorten the time
 * (k8s.io/apiserver pkg/registry/rest/delete.go, BeforeDelete).
 */
export function deadline({ metadata }: KubeObject, grace: number, nowMilliseconds: number) {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata;
  if (deletionTimestamp === undefined) {
    return { deletionTimestamp: timestamp(nowMilliseconds + grace * 1000), deletionGracePeriodSeconds: grace };
  }
  if (grace >= deletionGracePeriodSeconds) return { deletionTimestamp, deletionGracePeriodSeconds };
  const start = Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000;
  return { deletionTimestamp: timestamp(start + grace * 1000), deletionGracePeriodSeconds: grace };
}
