import { isObject, type Json, type JsonObject } from '../../mesh/json.ts';
import { ApiError, type KubeApi } from '../../mesh/kube/api.ts';
import type { KindRef, KubeObject, ObjectRef } from '../../mesh/kube/objects.ts';
import { refOf } from '../../runner/plan/journal.ts';

const keyOf = ({ apiVersion, kind, namespace, name }: ObjectRef) => [apiVersion, kind, namespace ?? '', name].join('/');

export interface FakeKube extends KubeApi {
  /** All objects of a kind, for the world's rules. */
  all(kind: string): KubeObject[];
  put(object: KubeObject): void;
  clear(): void;
}

/** As much of a Kubernetes API as plans use. Deployments have one ready pod at once, with a proxy where it is enrolled. */
export function fakeKube(admit: (object: KubeObject) => string | undefined = () => undefined): FakeKube {
  const objects = new Map<string, KubeObject>();
  let serial = 0;
  const put = (object: KubeObject) => {
    const uid = objects.get(keyOf(refOf(object)))?.metadata.uid ?? `uid-${++serial}`;
    objects.set(keyOf(refOf(object)), { ...object, metadata: { ...object.metadata, uid } });
  };
  const enrolled = (namespace: string) =>
    objects.get(keyOf({ apiVersion: 'v1', kind: 'Namespace', name: namespace }))?.metadata.labels?.[
      'istio-injection'
    ] === 'enabled';
  const podOf = (deployment: KubeObject): KubeObject => {
    const { name, namespace = 'default' } = deployment.metadata;
    const labels = templateLabels(deployment);
    const proxied = enrolled(namespace) && labels['sidecar.istio.io/inject'] !== 'false';
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid: 'owner' }];
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `${name}-1`, namespace, labels, ownerReferences },
      spec: { containers: [{ name }], ...(proxied && { initContainers: [{ name: 'istio-proxy' }] }) },
      status: readyStatus(0),
    };
  };
  const matching = ({ kind, apiVersion }: KindRef) =>
    [...objects.values()].filter((o) => o.kind === kind && o.apiVersion === apiVersion);
  const unused = () => {
    throw new Error('the fake API has no such call');
  };
  return {
    all: (kind) => [...objects.values()].filter((o) => o.kind === kind),
    put,
    clear: () => objects.clear(),
    get: async (ref) => objects.get(keyOf(ref)),
    async list(kind, options = {}) {
      const [label, value] = options.labelSelector?.split('=') ?? [];
      const name = options.fieldSelector?.split('=')[1];
      const items = matching(kind)
        .filter((o) => options.namespace === undefined || o.metadata.namespace === options.namespace)
        .filter((o) => label === undefined || o.metadata.labels?.[label] === value)
        .filter((o) => name === undefined || o.metadata.name === name);
      return { items, resourceVersion: '1' };
    },
    async apply(object) {
      const refusal = admit(object);
      if (refusal) throw new ApiError(422, 'Invalid', refusal, [{ field: 'spec', message: refusal }]);
      put(object);
      if (object.kind === 'Deployment') put(podOf(object));
      return object;
    },
    async delete(ref) {
      objects.delete(keyOf(ref));
      if (ref.kind === 'Deployment')
        objects.delete(keyOf({ ...ref, apiVersion: 'v1', kind: 'Pod', name: `${ref.name}-1` }));
    },
    async patch(ref, patch) {
      const object = objects.get(keyOf(ref));
      if (!object || patch.type !== 'merge') throw new Error('the fake API only merges into what is there');
      put(merged(object as unknown as JsonObject, patch.body) as unknown as KubeObject);
      return object;
    },
    watch: unused,
    logs: unused,
    exec: unused,
    portForward: unused,
  };
}

/** RFC 7396. */
function merged(target: JsonObject, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const entries = Object.entries(patch).map(([key, value]) => {
    const old = target[key];
    return [key, merged(isObject(old) ? old : {}, value ?? null)];
  });
  return { ...target, ...Object.fromEntries(entries) };
}

export const readyStatus = (restartCount: number, status: 'True' | 'False' = 'True'): JsonObject => ({
  conditions: [{ type: 'Ready', status }],
  containerStatuses: [{ restartCount }],
});

function templateLabels({ spec }: KubeObject): { [key: string]: string } {
  const template = spec?.template as { metadata?: { labels?: { [key: string]: string } } } | undefined;
  return template?.metadata?.labels ?? {};
}
