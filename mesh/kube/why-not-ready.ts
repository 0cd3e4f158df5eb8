import { isObject, objects } from '../json.ts';
import type { KubeObject } from './objects.ts';

/** What keeps a pod from being Ready, as its containers tell it. */
export function whyNotReady(pod: KubeObject): string {
  if (pod.metadata.deletionTimestamp) return 'it is being deleted';
  const statuses = [...objects(pod.status?.initContainerStatuses), ...objects(pod.status?.containerStatuses)];
  const reasons = statuses
    .filter((s) => s.ready !== true)
    .map((s) => {
      const state = isObject(s.state) ? (s.state.waiting ?? s.state.terminated) : undefined;
      const text = isObject(state) ? `${state.reason ?? ''} ${state.message ?? ''}`.trim() : 'not ready';
      return `${s.name}: ${text}`;
    });
  return reasons.join('; ') || String(pod.status?.phase ?? 'not started');
}
