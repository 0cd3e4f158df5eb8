import type { Json } from '../../../json.ts';
import { isObject } from '../../../json.ts';
import { equal } from '../../frozen.ts';
import type { Deployment, PodTemplate, ReplicaSet } from '../../kinds/workload.ts';
import { controllerRef } from '../controller.ts';

export const hashLabel = 'pod-template-hash';
export const revisionAnnotation = 'deployment.kubernetes.io/revision';

/** Ten letters and digits like Kubernetes' pod-template-hash; the value differs from Kubernetes', which hashes Go structs. */
export function templateHash(template: PodTemplate): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  const text = canonical(template as Json);
  const digits = `${fnv1a(text, 0x811c9dc5)}${fnv1a(text, 0x1234567)}`.slice(0, 10);
  return [...digits].map((digit) => alphabet[digit.charCodeAt(0) % alphabet.length]).join('');
}

function canonical(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, v]) => `${k}:${canonical(v)}`)
    .join()}}`;
}

function fnv1a(text: string, basis: number): number {
  let hash = basis;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

/** The set that has the deployment's present template: the oldest one, as in Kubernetes (FindNewReplicaSet). */
export function newReplicaSetOf(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  const wanted = withoutHash(deployment.spec?.template);
  return sets.find((set) => equal(withoutHash(set.spec?.template) as Json, wanted as Json));
}

function withoutHash(template: PodTemplate | undefined): unknown {
  const { [hashLabel]: _hash, ...labels } = template?.metadata?.labels ?? {};
  return { ...template, metadata: { ...template?.metadata, labels } };
}

/** A set for the deployment's present template, without pods yet. */
export function makeReplicaSet(deployment: Deployment, revision: number): ReplicaSet {
  const { spec, metadata } = deployment;
  const template = spec?.template ?? { spec: { containers: [] } };
  const hash = templateHash(template);
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  const selector = { ...spec?.selector, matchLabels: { ...spec?.selector.matchLabels, [hashLabel]: hash } };
  const { [revisionAnnotation]: _old, ...annotations } = metadata.annotations ?? {};
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${metadata.name}-${hash}`,
      namespace: metadata.namespace,
      labels,
      annotations: { ...copied(annotations), [revisionAnnotation]: String(revision) },
      ownerReferences: [controllerRef(deployment)],
    },
    spec: {
      replicas: 0,
      selector,
      template: { ...template, metadata: { ...template.metadata, labels } },
      ...(spec?.minReadySeconds ? { minReadySeconds: spec.minReadySeconds } : {}),
    },
  };
}

/** kubectl's own annotation belongs to the deployment alone (deployment_util.go, annotationsToSkip). */
const copied = ({ 'kubectl.kubernetes.io/last-applied-configuration': _last, ...rest }: { [key: string]: string }) =>
  rest;

export const revisionOf = (object: { metadata: { annotations?: { [key: string]: string } } }): number =>
  Number(object.metadata.annotations?.[revisionAnnotation] ?? 0);
