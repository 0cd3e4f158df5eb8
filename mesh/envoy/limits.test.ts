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

  // RE2's own promise: linear in the text, a bound on the program (envoy source/common/common/regex.cc).
  it.each<[string, string, string, number]>([
    ['nested repetition', '(a+)+$', `/${'a'.repeat(5000)}!`, 404],
    ['overlapping alternatives', '/(a|aa|a?)*b', `/${'a'.repeat(5000)}`, 404],
    ['many optional parts', `/${'a?'.repeat(200)}${'a'.repeat(200)}`, `/${'a'.repeat(200)}`, 200],
    ['a long path', '/.*x.*x.*x.*y', `/${'x'.repeat(20_000)}`, 404],
  ])('a hostile regex: %s', async (_, regex, path, status) => {
    const m = mini({ apps: [ok], routes: [{ match: { safeRegex: { regex } }, route: { cluster: 'c' } }] });
    const [seen] = await m.ask({ url: `http://svc${path}` });
    expect(seen?.status).toBe(status);
  });

  it.each<[string, string, RegExp]>([
    ['nested counts', '((a{100}){100}){100}', /RE2 refuses this pattern: invalid repetition size/],
    ['a huge count', 'a{100000}', /RE2 refuses this pattern: invalid repetition size/],
    ['a back reference', String.raw`(a)\1`, /RE2 refuses this pattern: invalid escape/],
  ])('a regex that is refused by name: %s', (_, regex, what) => {
    const m = mini({ apps: [ok], routes: [{ match: { safeRegex: { regex } }, route: { cluster: 'c' } }] });
    const [problem] = m.sim.admin('client').rejections();
    expect(problem?.what).toMatch(what);
  });

  it('a cycle of internal redirects ends with the last redirect', async () => {
    const again = () => ({ status: 302, headers: { location: 'http://svc/' } });
    const route = { cluster: 'c', internalRedirectPolicy: { maxInternalRedirects: 1_000_000 } };
    const m = mini({ apps: [again], routes: [{ match: { prefix: '/' }, route }] });
    const [seen] = await m.ask({});
    expect(seen?.status).toBe(302);
    expect(m.seen[0]?.length).toBe(101);
  });

  it('a redirect to itself is passed on: following is the client’s affair', async () => {
    const m = mini({ routes: [{ match: { prefix: '/' }, redirect: { pathRedirect: '/' } }] });
    const [seen] = await m.ask({});
    expect([seen?.status, seen?.headers.location]).toEqual([301, 'http://svc/']);
  });

  it('2 000 routes and clusters compile, and the last is found', async () => {
    const many = Array.from({ length: 2000 }, (_, i) => i);
    const m = mini({
      apps: [ok],
      routes: [
        ...many.map((i) => ({ match: { path: `/${i}` }, route: { cluster: 'none' } })),
        { match: { prefix: '/' }, route: { cluster: 'c' } },
      ],
      clusters: many.map((i) => ({ name: `c${i}`, type: 'EDS' })),
    });
    const [seen] = await m.ask({ url: 'http://svc/x' });
    expect(seen?.status).toBe(200);
  });

  it('a workload that is asked again and again without an answer costs one timer each', async () => {
    const m = mini({
      apps: [() => new Promise<never>(() => undefined)],
      routes: [{ match: { prefix: '/' }, route: { cluster: 'c', timeout: '1s' } }],
      cluster: {
        circuitBreakers: { thresholds: [{ maxConnections: 1e6, maxPendingRequests: 1e6, maxRequests: 1e6 }] },
      },
    });
    const seen = await m.ask(...Array.from({ length: 500 }, () => ({ lane: '' })));
    expect(new Set(seen.map((o) => `${o.status} ${o.flags} ${o.latencyMs}`))).toEqual(new Set(['504 UT 1000']));
    expect(m.sim.admin('client').stats('cluster[.]c[.]upstream_(rq|cx)_active')).toEqual(
      new Map([
        ['cluster.c.upstream_cx_active', 0],
        ['cluster.c.upstream_rq_active', 0],
      ]),
    );
  });
});
