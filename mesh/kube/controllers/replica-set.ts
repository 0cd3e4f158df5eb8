import { ApiError } from '../api.ts';
import { equal } from '../frozen.ts';
import { isFinished, isReady, isTerminating, type Pod, podKind } from '../kinds/pod.ts';
import { type ReplicaSet, type ReplicaSetStatus, replicaSetKind } from '../kinds/workload.ts';
import { now } from '../naming.ts';
import { matchSelector } from '../selectors/labels.ts';
import type { Store } from '../store.ts';
import { conditionOf, setCondition } from './conditions.ts';
import { type Controller, type ControllerDeps, controllerRef, isControlledBy, ownerKey } from './controller.ts';
import { recordEvent } from './events.ts';

/** Keeps the wanted number of pods (kubernetes pkg/controller/replicaset). Pods without an owner are not adopted. */
export const replicaSetController: Controller = {
  name: 'replicaset-controller',
  watches: [{ kind: replicaSetKind }, { kind: podKind, keys: ownerKey('ReplicaSet') }],
  start: (deps) => ({
    reconcile(key) {
      const set = deps.store.get({ ...replicaSetKind, ...key }) as ReplicaSet | undefined;
      if (!set) return;
      const failure = isTerminating(set) ? undefined : scale(deps, set, activePods(deps.store, set));
      writeStatus(deps, set, failure);
    },
  }),
};

/** Pods of the set that count: not ended and not being deleted. */
export function activePods(store: Store, set: ReplicaSet): Pod[] {
  const all = store.list(podKind, { namespace: set.metadata.namespace ?? '' }) as readonly Pod[];
  return all.filter((pod) => isControlledBy(pod, set) && !isFinished(pod) && !isTerminating(pod));
}

/** Makes or deletes pods; returns why a pod was refused. */
function scale(deps: ControllerDeps, set: ReplicaSet, pods: Pod[]): string | undefined {
  const missing = (set.spec?.replicas ?? 1) - pods.length;
  for (const pod of deletionOrder(pods).slice(0, Math.max(0, -missing))) {
    const { name, namespace = '' } = pod.metadata;
    deps.store.delete({ ...podKind, name, namespace });
  }
  for (let i = 0; i < missing; i += 1) {
    const failure = createPod(deps, set);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function createPod(deps: ControllerDeps, set: ReplicaSet): string | undefined {
  const { metadata = {}, spec } = set.spec?.template ?? { spec: { containers: [] } };
  try {
    deps.store.create({
      ...podKind,
      metadata: {
        name: '',
        generateName: `${set.metadata.name}-`,
        namespace: set.metadata.namespace,
        labels: metadata.labels,
        annotations: metadata.annotations,
        finalizers: metadata.finalizers,
        ownerReferences: [controllerRef(set)],
      },
      spec,
    });
    return undefined;
  } catch (error) {
    // What admission refuses is the template's fault: told as Kubernetes does, by an Event and a condition.
    if (!(error instanceof ApiError) || error.code === 409) throw error;
    // The generated name differs from try to try; without it, nothing changes and nothing is tried until the set does.
    const message = error.message.replaceAll(new RegExp(`"(${set.metadata.name}-)[a-z0-9]{5}"`, 'g'), '"$1"');
    const note = { reason: 'FailedCreate', message: `Error creating: ${message}`, component: 'replicaset-controller' };
    recordEvent(deps, set, { type: 'Warning', ...note });
    return message;
  }
}

/** First what is worth least: without node, not ready, then the youngest (controller_utils.go, ActivePodsWithRanks). */
function deletionOrder(pods: Pod[]): Pod[] {
  const worth = (pod: Pod) =>
    (pod.spec?.nodeName ? 1 : 0) + (pod.status?.phase === 'Running' ? 2 : 0) + (isReady(pod) ? 4 : 0);
  const born = (pod: Pod) => pod.metadata.creationTimestamp ?? '';
  return [...pods].sort(
    (a, b) => worth(a) - worth(b) || compare(born(b), born(a)) || compare(b.metadata.name, a.metadata.name),
  );
}
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function writeStatus({ store, clock }: ControllerDeps, { metadata }: ReplicaSet, failure: string | undefined): void {
  const set = store.get({ ...replicaSetKind, name: metadata.name, namespace: metadata.namespace ?? '' }) as
    | ReplicaSet
    | undefined;
  if (!set) return;
  const pods = activePods(store, set);
  const ready = pods.filter(isReady).length;
  const labelled = matchSelector({ matchLabels: set.spec?.template.metadata?.labels ?? {} });
  const conditions = failureCondition(set, failure, now(clock));
  const status: ReplicaSetStatus = {
    replicas: pods.length,
    fullyLabeledReplicas: pods.filter((pod) => labelled(pod.metadata.labels)).length,
    readyReplicas: ready,
    // minReadySeconds is not waited for: a ready pod is an available one.
    availableReplicas: ready,
    observedGeneration: set.metadata.generation ?? 1,
    ...(conditions.length > 0 ? { conditions } : {}),
  };
  if (!equal(status, set.status)) store.update({ ...set, status }, { subresource: 'status' });
}

function failureCondition(set: ReplicaSet, message: string | undefined, time: string) {
  const present = set.status?.conditions ?? [];
  if (message === undefined)
    return conditionOf(present, 'ReplicaFailure') ? present.filter((c) => c.type !== 'ReplicaFailure') : present;
  return setCondition(present, { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }, time);
}
