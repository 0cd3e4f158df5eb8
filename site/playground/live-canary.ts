import type { Json } from '../../mesh/json.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import { parseManifest } from '../../runner/lab/manifest.ts';
import { identify } from '../../runner/observe/identify.ts';
import type { Mesh } from '../../runner/place/place.ts';
import { simPlace } from '../../runner/place/sim/sim.ts';

export interface Counted {
  v1: number;
  v2: number;
  /** Answers that are no 200 from either version. */
  failed: number;
}

/** The canary of the start page: the lab's own app and rules in the interpreter, with a weight that can be moved. */
export interface LiveCanary {
  /** Gives version 2 its share, in per cent, by a VirtualService. */
  split(v2: number): Promise<void>;
  /** Sends requests and tells who answered. */
  send(requests: number): Promise<Counted>;
}

const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'default', labels: { 'istio-injection': 'enabled' } },
};
const version = identify({
  identify: { v1: { body: { matches: '^\\[', lacks: '"city"' } }, v2: { body: { contains: '"city"' } } },
});

const virtualService = (v2: number): KubeObject => {
  const to = (subset: string, weight: number): Json => ({ destination: { host: 'customers', subset }, weight });
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'customers', namespace: 'default' },
    spec: { hosts: ['customers'], http: [{ route: [to('v1', 100 - v2), to('v2', v2)] }] },
  };
};

/**
 * @param manifests YAML of the apps `customers` and `curl` and of the DestinationRule
 * @throws a ProblemError when the mesh does not come to rest
 */
export async function openCanary(manifests: readonly string[], seed: number): Promise<LiveCanary> {
  const { signal } = new AbortController();
  const mesh = await simPlace.open({ profile: 'minimal', dataPlane: 'sidecar', seed, signal }, () => undefined);
  const apply = async (object: KubeObject) => {
    const placed = { ...object, metadata: { namespace: 'default', ...object.metadata } };
    await mesh.api.apply(object.kind === 'Namespace' ? object : placed, { fieldManager: 'page', force: true });
  };
  await apply(namespace);
  for (const [index, text] of manifests.entries())
    for (const { object } of parseManifest(text, `${index}.yaml`).file.objects) await apply(object);
  await mesh.settle(30_000, signal);
  return {
    split: async (v2) => {
      await apply(virtualService(v2));
      await mesh.settle(30_000, signal);
    },
    send: (requests) => send(mesh, requests),
  };
}

async function send(mesh: Mesh, requests: number): Promise<Counted> {
  const counted: Counted = { v1: 0, v2: 0, failed: 0 };
  const request = { url: 'http://customers/', method: 'GET', headers: {}, timeoutMs: 5000 };
  const from = { app: 'curl', namespace: 'default' };
  const plan = { id: 'calls', from, request, unit: 'request' as const, concurrency: 4, limit: { requests } };
  for await (const record of mesh.send(plan, new AbortController().signal)) {
    const told = version(record).version;
    counted[told === 'v1' || told === 'v2' ? told : 'failed']++;
  }
  return counted;
}
