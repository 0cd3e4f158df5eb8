import { describe, expect, it } from 'vitest';
import type { KubeApi, WatchEvent } from './api.ts';
import { createMemoryApi } from './memory-api.ts';
import type { PodRuntime } from './runtime.ts';
import { object, refs, testKinds, testStore } from './testing/store.ts';

function made() {
  const test = testStore();
  const calls: unknown[][] = [];
  const runtime: PodRuntime = {
    start: () => Promise.reject(new Error('not asked')),
    stop: () => Promise.reject(new Error('not asked')),
    async *logs(pod, options) {
      calls.push(['logs', pod, options]);
      yield 'one line';
    },
    exec(...call) {
      calls.push(['exec', ...call]);
      return Promise.resolve({ exitCode: 3, stdout: 'out', stderr: 'err' });
    },
    dial(...call) {
      calls.push(['dial', ...call]);
      return Promise.resolve({ readable: new ReadableStream(), writable: new WritableStream() });
    },
  };
  return { ...test, calls, api: createMemoryApi({ store: test.store, kinds: testKinds, runtime }) };
}
const config = refs.configMap('c');
const deployment = refs.deployment('web');
const pod = { namespace: 'default', name: 'p' };
const route = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', name: 'r' };
const containers = (...names: string[]) => names.map((name) => ({ name }));

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of items) taken.push(item);
  return taken;
}

describe('the in-memory API', () => {
  it('reads and writes', async () => {
    const { api, store } = made();
    expect(await api.get(config)).toBeUndefined();
    const applied = await api.apply(object(config, { data: { a: '1' } }), { fieldManager: 'm' });
    expect(await api.get(config)).toBe(applied);
    expect(await api.list(config)).toEqual({ items: [applied], resourceVersion: String(store.revision) });
    const patched = await api.patch(config, { type: 'merge', body: { data: { b: '2' } } }, { fieldManager: 'p' });
    expect(patched.data).toEqual({ a: '1', b: '2' });
    await api.delete(config);
    expect(await api.get(config)).toBeUndefined();
  });

  it('shows objects in the version they are asked for', async () => {
    const { api } = made();
    const beta = { ...route, apiVersion: 'networking.istio.io/v1beta1' };
    expect((await api.apply(object(beta, { spec: {} }), { fieldManager: 'm' })).apiVersion).toBe(beta.apiVersion);
    expect((await api.get(route))?.apiVersion).toBe(route.apiVersion);
    expect((await api.list(beta)).items.map((o) => o.apiVersion)).toEqual([beta.apiVersion]);
    for await (const { object: seen } of api.watch(beta, { signal: new AbortController().signal })) {
      expect(seen.apiVersion).toBe(beta.apiVersion);
      break;
    }
  });

  const unknown = { apiVersion: 'v9', kind: 'Thing', name: 'x' };
  const signal = new AbortController().signal;
  const calls: [method: string, call: (api: KubeApi) => Promise<unknown>][] = [
    ['get', (api) => api.get(unknown)],
    ['list', (api) => api.list(unknown)],
    ['watch', (api) => all<WatchEvent>(api.watch(unknown, { signal }))],
    ['apply', (api) => api.apply(object(unknown), { fieldManager: 'm' })],
    ['patch', (api) => api.patch(unknown, { type: 'merge', body: {} })],
    ['patch scale', (api) => api.patch(unknown, { type: 'merge', body: {} }, { subresource: 'scale' })],
    ['delete', (api) => api.delete(unknown)],
  ];
  it.each(calls)('%s refuses kinds it does not serve', async (_method, call) => {
    await expect(call(made().api)).rejects.toMatchObject({
      code: 404,
      reason: 'NotFound',
      message: 'the server could not find the requested resource',
    });
  });
});

describe('scale', () => {
  it('is read and written through its subresource', async () => {
    const { api, store } = made();
    store.create(object(deployment, { spec: { replicas: 1, selector: { matchLabels: { app: 'web' } } } }));
    const patch = { type: 'merge' as const, body: { spec: { replicas: 3 } } };
    const scale = await api.patch(deployment, patch, { subresource: 'scale' });
    expect(scale).toMatchObject({
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'web', namespace: 'default', resourceVersion: String(store.revision) },
      spec: { replicas: 3 },
      status: { replicas: 0, selector: 'app=web' },
    });
    expect(store.get(deployment)?.spec?.replicas).toBe(3);
    expect(store.get(deployment)?.metadata.generation).toBe(2);
  });

  it('is refused where there is nothing to scale', async () => {
    const { api, store } = made();
    store.create(object(config));
    const patch = { type: 'merge' as const, body: {} };
    await expect(api.patch(config, patch, { subresource: 'scale' })).rejects.toMatchObject({ code: 404 });
    await expect(api.patch(deployment, patch, { subresource: 'scale' })).rejects.toMatchObject({
      message: 'deployments.apps "web" not found',
    });
  });
});

describe('containers', () => {
  it('are the runtime’s: logs, exec and port-forward', async () => {
    const { api, store, calls } = made();
    store.create(
      object(refs.pod('p'), { spec: { containers: containers('app'), initContainers: containers('istio-proxy') } }),
    );
    expect(await all(api.logs(pod, { tailLines: 5 }))).toEqual(['one line']);
    expect(await api.exec(pod, ['ls'], { container: 'istio-proxy', stdin: 'x' })).toMatchObject({ exitCode: 3 });
    await api.portForward(pod, 8080);
    expect(calls).toEqual([
      ['logs', pod, { tailLines: 5, container: 'app' }],
      ['exec', pod, ['ls'], { container: 'istio-proxy', stdin: 'x' }],
      ['dial', pod, 8080],
    ]);
  });

  it('must be named where there are several', async () => {
    const { api, store } = made();
    store.create(
      object(refs.pod('p'), { spec: { containers: containers('a', 'b'), initContainers: containers('i') } }),
    );
    await expect(all(api.logs(pod))).rejects.toMatchObject({
      code: 400,
      message: 'a container name must be specified for pod p, choose one of: [a b] or one of the init containers: [i]',
    });
    await expect(api.exec(pod, ['ls'], { container: 'x' })).rejects.toMatchObject({
      code: 400,
      message: 'container x is not valid for pod p',
    });
  });

  it('need their pod', async () => {
    const { api } = made();
    const missing = { code: 404, message: 'pods "p" not found' };
    await expect(all(api.logs(pod))).rejects.toMatchObject(missing);
    await expect(api.exec(pod, ['ls'])).rejects.toMatchObject(missing);
    await expect(api.portForward(pod, 1)).rejects.toMatchObject(missing);
  });
});
