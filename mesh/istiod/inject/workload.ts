import { controllerOf } from '../../kube/controllers/controller.ts';
import type { Pod } from '../../kube/kinds/pod.ts';

export interface WorkloadMeta {
  name: string;
  kind: string;
  apiVersion: string;
}

/** What a pod belongs to: the Deployment behind its ReplicaSet, or itself (pkg/kube/util.go, GetDeployMetaFromPod). */
export function workloadOf(pod: Pod): WorkloadMeta {
  const { generateName, labels = {}, name } = pod.metadata;
  const owner = generateName ? controllerOf(pod) : undefined;
  if (!owner) return { name, kind: 'Pod', apiVersion: 'v1' };
  const hash = labels['pod-template-hash'];
  if (owner.kind === 'ReplicaSet' && hash && owner.name.endsWith(hash)) {
    return { name: owner.name.slice(0, -hash.length - 1), kind: 'Deployment', apiVersion: owner.apiVersion };
  }
  const cronJob = owner.kind === 'Job' ? /^(.+)-\d{8,10}$/.exec(owner.name)?.[1] : undefined;
  if (cronJob) return { name: cronJob, kind: 'CronJob', apiVersion: 'batch/v1' };
  return { name: owner.name, kind: owner.kind, apiVersion: owner.apiVersion };
}
