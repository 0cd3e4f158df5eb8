import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needs } from '../../mesh/host/envoy/testing/require.ts';
import type { PodRef } from '../../mesh/kube/runtime.ts';
import { localPlace } from '../../runner/place/local/local.ts';
import type { Mesh, TrafficPlan } from '../../runner/place/place.ts';
import { appObjects } from '../support/apps.ts';

const { signal } = new AbortController();
const requests = 40;
let mesh: Mesh;

beforeAll(async () => {
  if (!process.env.MESH_LABS_ENVOY) return;
  const place = localPlace({ env: process.env, download: false });
  mesh = await place.open({ profile: 'default', dataPlane: 'sidecar', seed: 1, signal }, () => {});
  const enrolled = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'default', labels: { 'istio-injection': 'enabled' } },
  };
  for (const object of [enrolled, ...appObjects('customers'), ...appObjects('curl')])
    await mesh.api.apply(object, { fieldManager: 'test' });
  await mesh.settle(30_000, signal);
}, 60_000);
afterAll(() => mesh?.close());

const podsOf = async (app: string): Promise<PodRef[]> => {
  const { items } = await mesh.api.list({ apiVersion: 'v1', kind: 'Pod' }, { labelSelector: `app=${app}` });
  return items.map(({ metadata }) => ({ namespace: metadata.namespace ?? '', name: metadata.name }));
};

const plan: TrafficPlan = {
  id: 'calls',
  from: { app: 'curl', namespace: 'default' },
  request: { url: 'http://customers/', method: 'GET', headers: {}, timeoutMs: 5000 },
  unit: 'request',
  concurrency: 4,
  limit: { requests },
};

const sumOf = async (app: string, stat: string): Promise<number> => {
  const maps = await Promise.all((await podsOf(app)).map((pod) => mesh.admin(pod).stats(stat)));
  return maps.flatMap((map) => [...map.values()]).reduce((a, b) => a + b, 0);
};

describe('traffic on real Envoys', () => {
  it('goes through the proxies of client and server, with the identity of the client', async (context) => {
    needs(context, 'envoy');
    let answered = 0;
    for await (const { status } of mesh.send(plan, signal)) answered += status === 200 ? 1 : 0;
    expect(answered).toBe(requests);
    expect(await sumOf('curl', '^cluster\\.outbound\\|80\\|\\|customers\\..*\\.upstream_rq_total$')).toBe(requests);
    expect(await sumOf('customers', '^http\\.inbound_0\\.0\\.0\\.0_3000[;.].*downstream_rq_2xx$')).toBe(requests);
    expect(await sumOf('customers', '^listener\\.virtualInbound\\.ssl\\.handshake$')).toBeGreaterThan(0);
    const clients = new Set<string | undefined>();
    for (const pod of await podsOf('customers'))
      for await (const line of mesh.api.logs(pod, { container: 'customers' }))
        clients.add(/URI=([^"\\;,]+)/.exec(line)?.[1]);
    expect([...clients]).toEqual(['spiffe://cluster.local/ns/default/sa/curl']);
  });

  it('shows pods as kubectl would: two containers ready, one of them the native sidecar', async (context) => {
    needs(context, 'envoy');
    const { items } = await mesh.api.list({ apiVersion: 'v1', kind: 'Pod' }, { labelSelector: 'app=customers' });
    expect(items).toHaveLength(2);
    for (const { status, spec } of items) {
      expect(status).toMatchObject({ phase: 'Running', containerStatuses: [{ name: 'customers', ready: true }] });
      expect(status?.initContainerStatuses).toMatchObject([
        { name: 'istio-init' },
        { name: 'istio-proxy', ready: true },
      ]);
      expect(spec).toMatchObject({ initContainers: [{}, { name: 'istio-proxy', restartPolicy: 'Always' }] });
    }
  });

  it('says SYNCED for every proxy', async (context) => {
    needs(context, 'envoy');
    for (const pod of [...(await podsOf('customers')), ...(await podsOf('curl'))])
      expect(await mesh.admin(pod).status()).toEqual({
        listeners: 'SYNCED',
        routes: 'SYNCED',
        clusters: 'SYNCED',
        endpoints: 'SYNCED',
        rejections: [],
      });
  });

  it('tells what the fix is when nobody can send', async (context) => {
    needs(context, 'envoy');
    const nobody = { ...plan, from: { app: 'nobody', namespace: 'default' } };
    await expect(mesh.send(nobody, signal)[Symbol.asyncIterator]().next()).rejects.toThrow(
      /no pod with the label app=nobody/,
    );
  });
});
