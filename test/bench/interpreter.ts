import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createMeshSim, type MeshSim } from '../../mesh/envoy/mesh-sim.ts';
import { unpackGolden } from '../../mesh/host/envoy/testing/unpack.ts';
import type { XdsConfig } from '../../mesh/istiod/xds/types.ts';
import { type Bench, type Measurement, median } from './bench.ts';
import { realEnvoys } from './real-envoys.ts';

// The canary route: client sidecar → server sidecar → app, mTLS, istiod's own configuration (golden a02), trace off.

const root = resolve(import.meta.dirname, '../..');
const requests = 300_000;
const web = '10.244.1.10';

function canary(): MeshSim {
  const accounts: { [id: string]: string } = { web: 'web-frontend', v1: 'customers', v2: 'customers' };
  const sim = createMeshSim({
    seed: 1,
    issue: ({ node, name }) =>
      name === 'ROOTCA' ? { roots: ['mesh'] } : { certificate: certificate(accounts[node.id] ?? '') },
    dns: (name) => (name === 'customers.shop.svc.cluster.local' ? ['10.96.0.11'] : []),
  });
  const golden = unpackGolden(
    readFileSync(join(root, 'test/golden/istiod/a02-weighted-subsets/expected.json'), 'utf8'),
  );
  const pods = { web: [web, 'web-frontend'], v1: ['10.244.1.11', 'customers-v2'], v2: ['10.244.1.12', 'customers-v2'] };
  for (const [id, [ip = '', proxy = '']] of Object.entries(pods)) {
    sim.addProxy({ id, ip, metadata: {} });
    const empty: XdsConfig = {
      listeners: [],
      routes: [],
      clusters: [],
      endpoints: [],
      secrets: [],
      extensionConfigs: [],
      problems: [],
      origins: new Map(),
    };
    sim.update(id, { ...empty, ...(golden.get(proxy) as Partial<XdsConfig> | undefined) });
    sim.attach(ip, 'shop', () => ({ 3000: { protocol: 'http', handle: () => ({ status: 200, body: id }) } }));
  }
  return sim;
}

const certificate = (account: string) => ({
  issuer: 'mesh',
  subject: '',
  uriSans: [`spiffe://cluster.local/ns/shop/sa/${account}`],
  dnsSans: [],
  fingerprint: '00',
  serial: '1',
  notBefore: 0,
  notAfter: Number.MAX_SAFE_INTEGER,
});

/** Requests per second of wall-clock time, and of the process's own time: on a busy machine only the second says something. */
function round(sim: MeshSim): { wall: number; cpu: number } {
  const request = { from: web, namespace: 'shop', url: 'http://customers/' };
  let answered = 0;
  const [start, before] = [performance.now(), process.cpuUsage()];
  for (let i = 0; i < requests; i++)
    sim.dispatch(request, (o) => {
      if (o.status === 200) answered++;
    });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  if (answered !== requests)
    throw new Error(`${requests - answered} of ${requests} requests were not answered with 200`);
  return { wall: Math.round(requests / seconds), cpu: Math.round((requests * 1e6) / (user + system)) };
}

const rounds = 4;

/** Requests per second on the canary route, and the time of a replay. */
export const interpreter: Bench = {
  name: 'interpreter',
  async run() {
    const sim = canary();
    const measured = Array.from({ length: rounds }, () => round(sim));
    const real = await compared(measured.map((r) => r.cpu));
    const start = performance.now();
    await sim.replay(999);
    const replayed = performance.now() - start;
    return [
      {
        what: 'canary route, one thread',
        values: measured.map((r) => r.wall),
        unit: 'requests/s',
        budget: { atLeast: 100_000 },
      },
      { what: '  per second of processor time', values: measured.map((r) => r.cpu), unit: 'requests/s' },
      ...real,
      { what: 'replay of request 999 with trace', values: [replayed], unit: 'ms' },
    ];
  },
};

/** The same route on real Envoys in the same run; nothing where there are none. */
async function compared(interpreted: readonly number[]): Promise<Measurement[]> {
  const real = await realEnvoys(rounds);
  if (!real) return [];
  const oneCore = real.map((r) => r.oneCore);
  return [
    { what: 'the same on real Envoys under a load generator', values: real.map((r) => r.wall), unit: 'requests/s' },
    { what: '  per second of the Envoys’ processor time', values: oneCore, unit: 'requests/s' },
    { what: '  interpreter to Envoys, one core each', values: [median(interpreted) / median(oneCore)], unit: 'ratio' },
  ];
}
