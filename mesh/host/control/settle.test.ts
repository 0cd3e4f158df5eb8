import { describe, expect, it } from 'vitest';
import { deployment, testCluster } from '../../../test/support/kube-cluster.ts';
import type { ProxyStatus, SyncState } from '../../kube/proxy-admin.ts';
import type { ProblemError } from '../../problem.ts';
import { Failures } from './failures.ts';
import { PodPlaces } from './pod-places.ts';
import { type SettleOptions, settle } from './settle.ts';

const nodeId = 'sidecar~10.244.0.2~pod.default~default.svc.cluster.local';
const { signal } = new AbortController();

const status = (endpoints: SyncState, rejections: string[] = []): ProxyStatus => ({
  listeners: 'SYNCED',
  routes: 'SYNCED',
  clusters: 'SYNCED',
  endpoints,
  rejections,
});

/** A mesh with one proxy that says `proxy`, or never comes to an end when that is STALE. */
function mesh(proxy: ProxyStatus): SettleOptions & ReturnType<typeof testCluster> {
  const places = new PodPlaces();
  const ref = { namespace: 'default', name: 'pod' };
  places.add({ ref, ip: '10.244.0.2', folder: '/run/p0', nodeId, bound: new Map(), uplink: { socket: '' } });
  const stale = Object.values(proxy).includes('STALE');
  const settled = async () => {
    if (stale) await new Promise(() => {});
    return { status: proxy, accepted: proxy.rejections.length === 0 };
  };
  return {
    ...testCluster(),
    places,
    pusher: { flush: () => {}, pending: false },
    proxies: { drained: async () => {}, bound: async () => {}, unbound: () => [] },
    edge: { idle: async () => {} },
    server: { settled: (_, stop) => Promise.race([settled(), aborted(stop)]), status: () => proxy },
    failures: new Failures(),
  };
}

const aborted = (stop?: AbortSignal) =>
  new Promise<never>((_, reject) => stop?.addEventListener('abort', () => reject(stop.reason)));

const problems = (promise: Promise<void>): Promise<string> =>
  promise.then(
    () => 'settled',
    (error: ProblemError) => error.problems.map((p) => p.what).join('\n'),
  );

describe('settle', () => {
  it('waits for pods that are still to come', async () => {
    const here = mesh(status('SYNCED'));
    here.store.create(deployment('app'));
    await settle(here, 5_000, signal);
    expect(here.store.list({ apiVersion: 'v1', kind: 'Pod' })).toHaveLength(1);
  });

  it('says which pod is not ready, and why', async () => {
    const here = mesh(status('SYNCED'));
    here.store.create(deployment('app', { template: template('refused/app:1') }));
    expect(await problems(settle(here, 200, signal))).toMatch(
      /pod app-\S+ is not ready: .*no module stands for image/s,
    );
  });

  it('says which proxy has not taken what', async () => {
    const text = await problems(settle(mesh(status('STALE')), 50, signal));
    expect(text).toMatch(/proxy pod\.default has not taken its newest endpoints yet/);
  });

  it('says what Envoy refused, in its words', async () => {
    const text = await problems(settle(mesh(status('REJECTED', ['clusters: bad'])), 50, signal));
    expect(text).toMatch(/Envoy refused the configuration of pod\.default\n {2}clusters: bad/);
  });

  it('ends with a process that ended, and with the caller', async () => {
    const here = mesh(status('STALE'));
    const waiting = problems(settle(here, 5_000, signal));
    here.failures.ended('the apps process', { code: null, signal: 'SIGKILL', lastLines: ['last words'] });
    expect(await waiting).toMatch(/the apps process was ended by SIGKILL\n {2}last words/);
    await expect(settle(mesh(status('STALE')), 5_000, AbortSignal.abort(new Error('enough')))).rejects.toThrow(
      'enough',
    );
  });
});

const template = (image: string) => ({
  metadata: { labels: { app: 'app' } },
  spec: { containers: [{ name: 'app', image }] },
});
