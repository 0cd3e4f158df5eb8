import type { Deployment, DeploymentSpec, ReplicaSet, ReplicaSetSpec } from '../kinds/workload.ts';
import { defaultPodSpec } from './pod.ts';

export const defaultReplicaSet = (set: ReplicaSet): ReplicaSet =>
  set.spec ? { ...set, spec: { ...set.spec, ...scaled(set.spec) } } : set;

export function defaultDeployment(deployment: Deployment): Deployment {
  const { spec } = deployment;
  if (!spec) return deployment;
  return {
    ...deployment,
    spec: {
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...spec,
      ...scaled(spec),
      strategy: strategy(spec),
    },
  };
}

function scaled({ replicas = 1, template }: ReplicaSetSpec): Pick<ReplicaSetSpec, 'replicas' | 'template'> {
  return { replicas, template: template?.spec ? { ...template, spec: defaultPodSpec(template.spec) } : template };
}

function strategy({ strategy: given }: DeploymentSpec): DeploymentSpec['strategy'] {
  const type = given?.type ?? 'RollingUpdate';
  if (type !== 'RollingUpdate') return { ...given, type };
  return { type, rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%', ...given?.rollingUpdate } };
}
