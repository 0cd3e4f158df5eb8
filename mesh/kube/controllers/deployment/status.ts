import type { Condition } from '../../kinds/pod.ts';
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../kinds/workload.ts';
import { conditionOf, setCondition } from '../conditions.ts';
import { fenceposts } from './rollout.ts';

interface Sets {
  fresh: ReplicaSet | undefined;
  all: readonly ReplicaSet[];
}

const sum = (sets: readonly ReplicaSet[], count: (set: ReplicaSet) => number | undefined) =>
  sets.reduce((total, set) => total + (count(set) ?? 0), 0);

/** What `kubectl rollout status` and `describe` read (kubernetes pkg/controller/deployment/sync.go, progress.go). */
export function deploymentStatus(deployment: Deployment, sets: Sets, now: string): DeploymentStatus {
  const available = sum(sets.all, (set) => set.status?.availableReplicas);
  const total = sum(sets.all, (set) => set.status?.replicas);
  const missing = Math.max(0, sum(sets.all, (set) => set.spec?.replicas) - available);
  const counts: DeploymentStatus = {
    observedGeneration: deployment.metadata.generation ?? 1,
    replicas: total,
    updatedReplicas: sets.fresh?.status?.replicas ?? 0,
    readyReplicas: sum(sets.all, (set) => set.status?.readyReplicas),
    availableReplicas: available,
    ...(missing > 0 ? { unavailableReplicas: missing } : {}),
  };
  return { ...counts, conditions: conditions(deployment, { ...sets, counts }, now) };
}

function conditions(deployment: Deployment, state: Sets & { counts: DeploymentStatus }, now: string): Condition[] {
  const present = deployment.status?.conditions ?? [];
  const list = [availability(deployment, state.counts), progress(deployment, state), ...failures(state.all)];
  const set = list.reduce((all, condition) => {
    const old = conditionOf(present, condition.type);
    const same =
      old?.status === condition.status && old.reason === condition.reason && old.message === condition.message;
    return setCondition(all, { ...condition, lastUpdateTime: same ? (old?.lastUpdateTime ?? now) : now }, now);
  }, present);
  return set.filter((condition) => list.some((c) => c.type === condition.type));
}

function availability(deployment: Deployment, { availableReplicas = 0 }: DeploymentStatus): Condition {
  const floor = (deployment.spec?.replicas ?? 1) - fenceposts(deployment).unavailable;
  const enough = availableReplicas >= floor;
  return {
    type: 'Available',
    status: enough ? 'True' : 'False',
    reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: enough ? 'Deployment has minimum availability.' : 'Deployment does not have minimum availability.',
  };
}

/** progressDeadlineSeconds is not waited for: a rollout that hangs stays ReplicaSetUpdated. */
function progress(deployment: Deployment, { fresh, counts }: Sets & { counts: DeploymentStatus }): Condition {
  const name = fresh?.metadata.name ?? '';
  const type = 'Progressing';
  if (deployment.spec?.paused) {
    return { type, status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' };
  }
  if (isComplete(deployment, counts)) {
    const message = `ReplicaSet "${name}" has successfully progressed.`;
    return { type, status: 'True', reason: 'NewReplicaSetAvailable', message };
  }
  if ((counts.updatedReplicas ?? 0) === 0) {
    return { type, status: 'True', reason: 'NewReplicaSetCreated', message: `Created new replica set "${name}"` };
  }
  return { type, status: 'True', reason: 'ReplicaSetUpdated', message: `ReplicaSet "${name}" is progressing.` };
}

/** All pods are new and available, and no old one is left (deployment_util.go, DeploymentComplete). */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const replicas = deployment.spec?.replicas ?? 1;
  return status.updatedReplicas === replicas && status.replicas === replicas && status.availableReplicas === replicas;
}

const failures = (sets: readonly ReplicaSet[]): Condition[] =>
  sets.flatMap((set) => conditionOf(set.status?.conditions, 'ReplicaFailure') ?? []).slice(0, 1);
