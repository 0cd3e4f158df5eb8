import { now } from '../naming.ts';
import type { KubeObject } from '../objects.ts';
import type { ControllerDeps } from './controller.ts';

export interface EventNote {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  /** The component that tells, e.g. `kubelet`. */
  component: string;
}

/** Writes a core Event about an object, as `kubectl describe` shows them; a repeated one only counts. */
export function recordEvent({ store, clock }: ControllerDeps, object: KubeObject, note: EventNote): void {
  const { apiVersion, kind, metadata } = object;
  const namespace = metadata.namespace ?? 'default';
  const involvedObject = { apiVersion, kind, namespace, name: metadata.name, uid: metadata.uid };
  const same = store
    .list({ apiVersion: 'v1', kind: 'Event' }, { namespace, fieldSelector: `involvedObject.uid=${metadata.uid}` })
    .find((event) => event.reason === note.reason && event.message === note.message);
  const time = now(clock);
  if (same) {
    store.update({ ...same, count: Number(same.count ?? 1) + 1, lastTimestamp: time });
    return;
  }
  store.create({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: '', generateName: `${metadata.name}.`, namespace },
    involvedObject,
    type: note.type,
    reason: note.reason,
    message: note.message,
    source: { component: note.component },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  });
}
