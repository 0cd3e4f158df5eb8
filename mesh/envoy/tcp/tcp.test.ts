import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import { createMeshSim, type MeshSim } from '../mesh-sim.ts';
import { client, config, lbEndpoint, listener, tcpProxy, typed, virtualOutbound } from '../testing/mini.ts';

const endpoint = (ip: string) => ({ loadAssignment: { endpoints: [{ lbEndpoints: [lbEndpoint(ip, 9000)] }] } });

function mesh(proxy: JsonObject, filters: JsonObject[] = [], cluster: JsonObject = {}): MeshSim {
  const sim = createMeshSim({ seed: 4, issue: () => undefined, dns: () => ['10.96.0.1'] });
  sim.addProxy({ id: 'client', ip: client, metadata: {} });
  sim.update(
    'client',
    config({
      listeners: [
        virtualOutbound([tcpProxy({ cluster: 'BlackHoleCluster' })]),
        listener('80', 80, { filterChains: [{ filters: [...filters, tcpProxy(proxy)] }] }),
      ],
      clusters: [
        { name: 'a', type: 'STATIC', ...endpoint('10.0.1.1'), ...cluster },
        { name: 'b', type: 'STATIC', ...endpoint('10.0.1.2') },
        { name: 'BlackHoleCluster', type: 'STATIC' },
      ],
    }),
  );
  for (const [ip, body] of [
    ['10.0.1.1', 'a'],
    ['10.0.1.2', 'b'],
  ] as const)
    sim.attach(ip, '', ({ sleep }) => ({
      9000: {
        protocol: 'http',
        async handle() {
          await sleep(10);
          return { status: 200, body };
        },
      },
    }));
  return sim;
}

async function ask(
  sim: MeshSim,
  n: number,
  lane: (i: number) => string = () => '',
  url = 'http://svc/',
): Promise<string[]> {
  const all = Array.from({ length: n }, (_, i) => sim.send({ from: client, url, lane: lane(i) }));
  await sim.run();
  return (await Promise.all(all)).map((o) => o.body || (o.error?.code ?? ''));
}

const rbac = (action: string): JsonObject => ({
  name: 'rbac',
  typedConfig: typed('envoy.extensions.filters.network.rbac.v3.RBAC', {
    statPrefix: 'tcp.',
    rules: { action, policies: { all: { permissions: [{ any: true }], principals: [{ any: true }] } } },
  }),
});

describe('tcp_proxy', () => {
  it('passes on what it does not understand', async () => expect(await ask(mesh({ cluster: 'a' }), 1)).toEqual(['a']));

  it('chooses by weight for each connection', async () => {
    const weighted = {
      weightedClusters: {
        clusters: [
          { name: 'a', weight: 75 },
          { name: 'b', weight: 25 },
        ],
      },
    };
    const seen = await ask(mesh(weighted), 1000);
    // Curriculum 0.1: 0.25 of 1000 is 206..296 at 99.9 %.
    const b = seen.filter((x) => x === 'b').length;
    expect([b >= 206, b <= 296]).toEqual([true, true]);
  });

  it('keeps the choice for a connection', async () => {
    const weighted = {
      weightedClusters: {
        clusters: [
          { name: 'a', weight: 50 },
          { name: 'b', weight: 50 },
        ],
      },
    };
    const sim = mesh(weighted);
    const first = await ask(sim, 1, () => 'kept');
    for (let i = 0; i < 20; i++) expect(await ask(sim, 1, () => 'kept')).toEqual(first);
  });

  it.each([
    ['no such cluster', { cluster: 'gone' }, 'ECONNRESET'],
    ['black hole', { cluster: 'BlackHoleCluster' }, 'ECONNRESET'],
  ])('%s: reset', async (_, proxy, code) => expect(await ask(mesh(proxy), 1)).toEqual([code]));

  it('an address without listener goes to the catch-all', async () =>
    expect(await ask(mesh({ cluster: 'a' }), 1, () => '', 'http://10.9.9.9:81/')).toEqual(['ECONNRESET']));

  it('nobody listens upstream: reset', async () => {
    const sim = mesh({ cluster: 'a' });
    sim.detach('10.0.1.1');
    expect(await ask(sim, 1)).toEqual(['ECONNRESET']);
    expect(sim.admin('client').stats('cluster[.]a[.]upstream_cx_connect_fail')).toEqual(
      new Map([['cluster.a.upstream_cx_connect_fail', 1]]),
    );
  });

  // An orderly end, not a reset (envoy-spike.md, 4).
  it('RBAC denies with the first bytes: an end without an answer', async () => {
    expect(await ask(mesh({ cluster: 'a' }, [rbac('DENY')]), 1)).toEqual(['EOF']);
    expect(await ask(mesh({ cluster: 'a' }, [rbac('ALLOW')]), 1)).toEqual(['a']);
  });

  it('limits connections', async () => {
    const limits = { circuitBreakers: { thresholds: [{ maxConnections: 2 }] } };
    expect(await ask(mesh({ cluster: 'a' }, [], limits), 3, (i) => String(i))).toEqual(['a', 'a', 'ECONNRESET']);
  });
});
