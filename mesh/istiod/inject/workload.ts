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
  const found = generateName ? controllerOf(pod) : undefined;
  if (!found) return { name, kind: 'Pod', apiVersion: 'v1' };
  // Webhooks see objects before validation does, so an owner may lack what it must have.
  const owner = { apiVersion: found.apiVersion ?? '', kind: found.kind ?? '', name: found.name ?? '' };
  const hash = labels['pod-template-hash'];
  if (owner.kind === 'ReplicaSet' && hash && owner.name.endsWith(hash)) {
    return { name: owner.name.slice(0, -hash.length - 1), kind: 'Deployment', apiVersion: owner.apiVersion };
  }
  const cronJob = owner.kind === 'Job' ? /^(.+)-\d{8,10}$/.exec(owner.name)?.[1] : undefined;
  if (cronJob) return { name: cronJob, kind: 'CronJob', apiVersion: 'batch/v1' };
  return { name: owner.name, kind: owner.kind, apiVersion: owner.apiVersion };
}
