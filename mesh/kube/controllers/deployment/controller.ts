import { equal } from '../../frozen.ts';
import { isTerminating } from '../../kinds/pod.ts';
import { type Deployment, deploymentKind, type ReplicaSet, replicaSetKind } from '../../kinds/workload.ts';
import { now } from '../../naming.ts';
import type { Store } from '../../store.ts';
import { type Controller, type ControllerDeps, isControlledBy, type Key, ownerKey } from '../controller.ts';
import { nextStep, wantedOf } from './rollout.ts';
import { deploymentStatus, isComplete } from './status.ts';
import { makeReplicaSet, newReplicaSetOf, revisionAnnotation, revisionOf } from './template.ts';

/** Deployment → ReplicaSets: rolling updates, recreation, revisions (kubernetes pkg/controller/deployment). */
export const deploymentController: Controller = {
  name: 'deployment-controller',
  watches: [{ kind: deploymentKind }, { kind: replicaSetKind, keys: ownerKey('Deployment') }],
  start: (deps) => ({
    reconcile(key) {
      const deployment = get(deps.store, key);
      if (!deployment || isTerminating(deployment)) return;
      if (!deployment.spec?.paused) rollOut(deps.store, deployment);
      else scalePaused(deps.store, deployment);
      writeStatus(deps, key);
    },
  }),
};

const get = (store: Store, key: Key) => store.get({ ...deploymentKind, ...key }) as Deployment | undefined;

/** Oldest first. */
function setsOf(store: Store, deployment: Deployment): ReplicaSet[] {
  const all = store.list(replicaSetKind, { namespace: deployment.metadata.namespace ?? '' }) as readonly ReplicaSet[];
  return all.filter((set) => isControlledBy(set, deployment)).sort((a, b) => revisionOf(a) - revisionOf(b));
}

function rollOut(store: Store, deployment: Deployment): void {
  const sets = setsOf(store, deployment);
  const fresh = latest(store, deployment, sets);
  const old = sets.filter((set) => set.metadata.uid !== fresh.metadata.uid);
  for (const { set, replicas } of nextStep(deployment, fresh, old)) resize(store, set, replicas);
  if (isComplete(deployment, deployment.status ?? {})) cleanUp(store, deployment, old);
}

/** The set of the present template, made or brought to the newest revision (an undone rollout is a new revision). */
function latest(store: Store, deployment: Deployment, sets: ReplicaSet[]): ReplicaSet {
  const found = newReplicaSetOf(deployment, sets);
  const others = sets.filter((set) => set !== found);
  const revision = Math.max(0, ...others.map(revisionOf)) + 1;
  const fresh = found ?? (store.create(makeReplicaSet(deployment, revision)) as ReplicaSet);
  const current = revisionOf(fresh) >= revision ? fresh : annotate(store, fresh, revision);
  if (revisionOf(deployment) !== revisionOf(current)) annotate(store, deployment, revisionOf(current));
  return current;
}

function annotate<T extends Deployment | ReplicaSet>(store: Store, object: T, revision: number): T {
  const annotations = { ...object.metadata.annotations, [revisionAnnotation]: String(revision) };
  return store.update({ ...object, metadata: { ...object.metadata, annotations } }) as T;
}

function resize(store: Store, set: ReplicaSet, replicas: number): void {
  if (set.spec) store.update({ ...set, spec: { ...set.spec, replicas } });
}

/** A paused deployment is scaled, not rolled out. */
function scalePaused(store: Store, deployment: Deployment): void {
  const active = setsOf(store, deployment).filter((set) => wantedOf(set) > 0);
  const [only, ...more] = active;
  const replicas = deployment.spec?.replicas ?? 1;
  if (only && more.length === 0 && wantedOf(only) !== replicas) resize(store, only, replicas);
}

/** Old sets beyond revisionHistoryLimit, oldest first. */
function cleanUp(store: Store, deployment: Deployment, old: ReplicaSet[]): void {
  const empty = old.filter((set) => wantedOf(set) === 0 && (set.status?.replicas ?? 0) === 0 && !isTerminating(set));
  const surplus = empty.length - (deployment.spec?.revisionHistoryLimit ?? 10);
  for (const { metadata } of empty.slice(0, Math.max(0, surplus))) {
    store.delete({ ...replicaSetKind, namespace: metadata.namespace ?? '', name: metadata.name });
  }
}

function writeStatus({ store, clock }: ControllerDeps, key: Key): void {
  const deployment = get(store, key);
  if (!deployment) return;
  const all = setsOf(store, deployment);
  const fresh = newReplicaSetOf(deployment, all);
  const status = deploymentStatus(deployment, { fresh, all }, now(clock));
  if (!equal(status, deployment.status)) store.update({ ...deployment, status }, { subresource: 'status' });
}
