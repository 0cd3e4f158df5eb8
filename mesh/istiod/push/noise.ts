import type { KubeObject } from '../../kube/objects.ts';
import type { Problem } from '../../problem.ts';
import { ingestPod } from '../ingest/pod.ts';
import type { Intake } from '../ingest/read.ts';
import { groupOf, isRead } from '../snapshot/kinds.ts';
import { saneObject } from '../snapshot/sane.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Equal } from './equal.ts';

/** A change of one object, as the store tells it: without `previous` it is new. */
export interface ObjectEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: KubeObject;
  previous?: KubeObject;
}

/** One object before and after all that happened to it; undefined where it did not exist. */
export interface ObjectChange {
  before: KubeObject | undefined;
  after: KubeObject | undefined;
}

/** Many events of one object are one change; an object that came and went is none. */
export function changesOf(events: readonly ObjectEvent[]): ObjectChange[] {
  const changes = new Map<string, ObjectChange>();
  for (const { type, object, previous } of events) {
    if (!isRead(object)) continue;
    const { namespace = '', name } = object.metadata;
    const id = `${groupOf(object.apiVersion)} ${object.kind} ${namespace}/${name}`;
    // A deletion may come with an object that was already changed by it.
    const known = changes.get(id) ?? { before: type === 'ADDED' ? undefined : (previous ?? object), after: undefined };
    changes.set(id, { before: known.before, after: type === 'DELETED' ? undefined : object });
  }
  return [...changes.values()].filter(({ before, after }) => before || after);
}

/** Whether istiod reads anything of what changed: it does not read most of a pod's status, nor the status of its own objects. */
export function isNoise({ before, after }: ObjectChange, snapshot: Snapshot, equal: Equal): boolean {
  if (!before || !after) return false;
  if (after.kind === 'Pod') return equal(podAsRead(before, snapshot), podAsRead(after, snapshot));
  return equal(asRead(before), asRead(after));
}

function podAsRead(object: KubeObject, { nodes, mesh }: Snapshot): unknown {
  const problems: Problem[] = [];
  const sane = saneObject(object, problems);
  const intake: Intake = { provenance: new WeakMap(), problems };
  return [sane && ingestPod(sane, { nodes, trustDomain: mesh.trustDomain }, intake), problems];
}

const statusIsRead: ReadonlySet<string> = new Set(['ServiceEntry', 'Service', 'WorkloadEntry']);

/** Statuses that hold addresses which were given to the object, or its health; those of others are told, never read. */
function asRead({ metadata, status, ...rest }: KubeObject): unknown {
  const { name, namespace, labels, annotations, creationTimestamp } = metadata;
  return [rest, { name, namespace, labels, annotations, creationTimestamp }, statusIsRead.has(rest.kind) && status];
}
