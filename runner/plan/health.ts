import { isObject, type Json } from '../../mesh/json.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import type { PodRef } from '../../mesh/kube/runtime.ts';
import type { Problem } from '../../mesh/problem.ts';
import type { Mesh } from '../place/place.ts';
import { RunError, wordsOf } from './failure.ts';

/** One pod at one moment. */
export interface PodHealth {
  pod: PodRef;
  uid: string;
  ready: boolean;
  restarts: number;
  proxy: boolean;
}

const podKind = { apiVersion: 'v1', kind: 'Pod' };
const system = /^kube-/;

/** Every pod outside of Kubernetes' own namespaces. */
export async function podHealth(mesh: Mesh): Promise<PodHealth[]> {
  const { items } = await mesh.api.list(podKind);
  return items.filter((pod) => !system.test(pod.metadata.namespace ?? '')).map(health);
}

function health(pod: KubeObject): PodHealth {
  const { name, namespace = 'default', uid = '' } = pod.metadata;
  const statuses = [...entries(pod.status?.initContainerStatuses), ...entries(pod.status?.containerStatuses)];
  const conditions = entries(pod.status?.conditions);
  return {
    pod: { namespace, name },
    uid,
    ready: conditions.some((c) => c.type === 'Ready' && c.status === 'True'),
    restarts: statuses.reduce(
      (sum, status) => sum + (typeof status.restartCount === 'number' ? status.restartCount : 0),
      0,
    ),
    // Istio's own container name, as a native sidecar or as a plain container (gateways, waypoints).
    proxy: [...entries(pod.spec?.initContainers), ...entries(pod.spec?.containers)].some(
      (c) => c.name === 'istio-proxy',
    ),
  };
}

const entries = (list: Json | undefined) => (Array.isArray(list) ? list.filter(isObject) : []);

/**
 * What makes measurements taken between two looks worthless: a pod that was ready then and is gone, not ready or
 * restarted now. A lab whose expectation is an error would pass by a dead proxy otherwise.
 */
export function losses(before: readonly PodHealth[], now: readonly PodHealth[]): string[] {
  const byUid = new Map(now.map((health) => [health.uid, health]));
  return before
    .filter((then) => then.ready)
    .flatMap((then) => {
      const after = byUid.get(then.uid);
      const name = `Pod ${then.pod.name}.${then.pod.namespace}`;
      if (!after) return [`${name} went away meanwhile.`];
      if (after.restarts > then.restarts) return [`A container of ${name} restarted meanwhile.`];
      return after.ready ? [] : [`${name} stopped being ready meanwhile.`];
    });
}

/** Asks every proxy; throws a RunError with Envoy's own words when one refused its configuration or does not answer. */
export async function requireHealthyProxies(mesh: Mesh): Promise<void> {
  const pods = (await podHealth(mesh)).filter((pod) => pod.proxy && pod.ready);
  const complaints = (await Promise.all(pods.map(({ pod }) => complaintsOf(mesh, pod)))).flat();
  // One wrong object is usually refused by every proxy, in the same words.
  const [first, ...rest] = [...Map.groupBy(complaints, ({ words }) => words)].map(([words, same]) =>
    problemOf(
      words,
      same.map(({ pod }) => pod),
    ),
  );
  if (first) throw new RunError('place', first, ...rest);
}

const problemOf = (words: string, pods: readonly PodRef[]): Problem => ({
  what: `${pods.length === 1 ? 'A proxy' : `${pods.length} proxies`} ${words}`,
  where: { object: `Pod ${pods.map(({ name, namespace }) => `${name}.${namespace}`).join(', ')}` },
  fix: 'Nothing can be concluded while a proxy is silent or runs on older configuration. Look for the object behind it.',
});

async function complaintsOf(mesh: Mesh, pod: PodRef): Promise<{ pod: PodRef; words: string }[]> {
  try {
    const { rejections } = await mesh.admin(pod).status();
    return rejections.map((words) => ({ pod, words: `refused the configuration: ${words}` }));
  } catch (error) {
    return [{ pod, words: `did not answer: ${wordsOf(error)}` }];
  }
}
