import { describe, expect, it } from 'vitest';
import { type AppWorld, createMeshSim } from './mesh-sim.ts';
import { config, hcm, lbEndpoint, listener, mini, ok, tcpProxy } from './testing/mini.ts';

const [a, b] = ['10.0.1.1', '10.0.1.2'];

/** Two proxies that send everything to each other. */
function loop(filter: (cluster: string) => object) {
  const sim = createMeshSim({ seed: 1, issue: () => undefined, dns: () => [] });
  for (const [id, ip, other] of [
    ['a', a, b],
    ['b', b, a],
  ] as const) {
    sim.addProxy({ id, ip, metadata: {} });
    sim.update(
      id,
      config({
        listeners: [listener('virtualInbound', 15_006, { filterChains: [{ filters: [filter('other') as never] }] })],
        clusters: [
          { name: 'other', type: 'STATIC', loadAssignment: { endpoints: [{ lbEndpoints: [lbEndpoint(other, 80)] }] } },
        ],
      }),
    );
  }
  return sim;
}

describe('hostile input', () => {
  it.each([
    [
      'HTTP',
      (cluster: string) =>
        hcm({
          routeConfig: {
            virtualHosts: [{ name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster } }] }],
          },
        }),
    ],
    ['TCP', (cluster: string) => tcpProxy({ cluster })],
  ])('a loop of proxies ends: %s', async (_, filter) => {
    const sim = loop(filter);
    const answer = sim.send({ from: '10.9.9.9', url: `http://${a}/` });
    await sim.run();
    const seen = await answer;
    expect(seen.status ?? seen.error?.code).toBeOneOf([503, 'ECONNRESET']);
  });

  it.each<[string, (world: AppWorld) => () => Promise<never>]>([
    [
      'sleeps no time',
      ({ sleep }) =>
        async () => {
          for (;;) await sleep(0);
        },
    ],
    [
      'asks without end',
      ({ fetch }) =>
        async () => {
          for (;;) await fetch('http://10.0.1.2/');
        },
    ],
  ])('an app that %s is stopped by name', async (_, handler) => {
    const sim = createMeshSim({ seed: 1, issue: () => undefined, dns: () => [] });
    sim.attach(a, '', (world) => ({ 80: { protocol: 'http', handle: handler(world) } }));
    sim.attach(b, '', () => ({ 80: { protocol: 'http', handle: () => ({ status: 200 }) } }));
    void sim.send({ from: b, url: `http://${a}/` });
    await expect(sim.run()).rejects.toThrow('the mesh goes in circles');
  });

  it('a workload that never answers does not hold the run up', async () => {
    const m = mini({ apps: [() => new Promise<never>(() => undefined)], manager: { streamIdleTimeout: '0s' } });
    let answered = false;
    void m.sim.send({ from: '10.0.0.1', url: 'http://svc/' }).then(() => {
      answered = true;
    });
    await m.sim.run();
    expect(answered).toBe(false);
  });

  it.each([
    ['60 KiB of headers', { 'x-big': 'x'.repeat(60 * 1024) }, 431],
    ['100 more headers', Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`x-${i}`, '1'])), 431],
    ['many, but not too many', Object.fromEntries(Array.from({ length: 90 }, (_, i) => [`x-${i}`, '1'])), 200],
  ])('%s', async (_, headers, status) => {
    const [seen] = await mini({ apps: [ok] }).ask({ headers });
    expect(seen?.status).toBe(status);
  });

  it.each(['LEAST_REQUEST', 'ROUND_ROBIN', 'RING_HASH', 'MAGLEV'])('10 000 endpoints: %s', async (lbPolicy) => {
    const endpoints = Array.from({ length: 10_000 }, (_, i) =>
      lbEndpoint(`10.${1 + (i >> 14)}.${(i >> 7) & 127}.${1 + (i & 127)}`, 80),
    );
    const m = mini({ endpoints, cluster: { lbPolicy } });
    const [seen] = await m.ask({});
    expect(seen?.flags).toBe('UF');
  });
});
