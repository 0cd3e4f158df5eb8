import type { KubeObject, ObjectMeta } from '../objects.ts';
import type { Condition, PodSpec } from './pod.ts';

export type Selector = {
  matchLabels?: { [key: string]: string };
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
};

export type PodTemplate = { metadata?: Partial<ObjectMeta>; spec: PodSpec };

export type ReplicaSetSpec = {
  replicas?: number;
  minReadySeconds?: number;
  selector: Selector;
  template: PodTemplate;
};
export type ReplicaSetStatus = {
  replicas: number;
  fullyLabeledReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  observedGeneration?: number;
  conditions?: Condition[];
};
export type ReplicaSet = KubeObject<ReplicaSetSpec, ReplicaSetStatus>;

export type DeploymentSpec = ReplicaSetSpec & {
  strategy?: { type?: string; rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string } };
  paused?: boolean;
  revisionHistoryLimit?: number;
  progressDeadlineSeconds?: number;
};
export type DeploymentStatus = {
  observedGeneration?: number;
  replicas?: number;
  updatedReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  unavailableReplicas?: number;
  conditions?: Condition[];
};
export type Deployment = KubeObject<DeploymentSpec, DeploymentStatus>;

export const deploymentKind = { apiVersion: 'apps/v1', kind: 'Deployment' };
export const replicaSetKind = { apiVersion: 'apps/v1', kind: 'ReplicaSet' };
