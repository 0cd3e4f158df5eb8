import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import { messagesOfType, objects } from '../localise/walk.ts';
import { statsOf } from './istio-metrics.ts';
import { clientIn, dial, exchange } from './testing/client.ts';
import { customers, versioned } from './testing/customers.ts';
import type { GoldenProxy } from './testing/golden.ts';
import { type RunningPod, startTestMesh, type TestMesh } from './testing/mesh.ts';
import { envoyBinary, needs } from './testing/require.ts';

/** Golden scenario a02: web-frontend sends 70 % to customers v1 and 30 % to v2, by VirtualService. */
describe('a02 on real Envoys', () => {
  let mesh: TestMesh;
  let frontend: RunningPod;
  let second: RunningPod;

  beforeEach((context) => needs(context, 'envoy'));
  beforeAll(async () => {
    if (envoyBinary === '') return;
    const golden = customers();
    mesh = await startTestMesh(Object.values(golden).map((g) => g.proxy));
    await mesh.add({ ...golden.v1, apps: versioned('v1') });
    second = await mesh.add({ ...golden.v2, apps: versioned('v2') });
    frontend = await mesh.add(golden.frontend);
  });
  afterAll(() => mesh?.close());

  it('splits 70/30 with mutual TLS and the right identities', async () => {
    const call = clientIn(frontend, '10.96.0.11:80');
    const answers = [];
    for (let i = 0; i < 600; i++) answers.push(await call('/', { host: 'customers' }));
    expect(answers.every((a) => a.status === 200)).toBe(true);
    const v1 = answers.filter((a) => JSON.parse(a.body).version === 'v1').length;
    // Binomial(600, 0.7): outside of 350..487 with a probability under 1e-9.
    expect(v1).toBeGreaterThanOrEqual(350);
    expect(v1).toBeLessThanOrEqual(487);
    const xfcc = JSON.parse(answers[0]?.body ?? '{}').xfcc;
    expect(xfcc).toContain('By=spiffe://cluster.local/ns/shop/sa/customers;');
    expect(xfcc).toContain('URI=spiffe://cluster.local/ns/shop/sa/web-frontend');
  });

  it('counts the requests in its own and in Istio’s metrics', async () => {
    const nodes = [frontend, second].map(({ proxy }) => proxy);
    const nodeAt = (ip: string) => nodes.find((p) => p.ip === ip)?.metadata;
    const stats = await statsOf(second.envoy.admin, 'istio_requests_total', { own: second.proxy.metadata, nodeAt });
    expect([...stats.keys()]).toEqual([
      expect.stringMatching(
        /^istio_requests_total\{reporter="destination",source_workload="web-frontend-v1",.*response_code="200"/,
      ),
    ]);
  });

  it('leads everything unknown to the world, which resets it', async () => {
    const capture = { socket: `${frontend.folder}/out.sock` };
    const result = await exchange(dial(capture, '10.244.1.10', '203.0.113.7:8443'), 'hello');
    expect(result.received).toBe('');
    expect(mesh.reached.at(-1)).toMatchObject({
      source: { ip: '10.244.1.10' },
      destination: { ip: '203.0.113.7', port: 8443 },
      target: 'refuse',
      fromInbound: false,
    });
  });

  it('reaches a pod without proxy, by its address', async () => {
    mesh.targets.set('10.244.1.50:7000', { kind: 'external', serve: (socket) => socket.end('no proxy here') });
    const capture = { socket: `${frontend.folder}/out.sock` };
    expect(await exchange(dial(capture, '10.244.1.10', '10.244.1.50:7000'), 'x')).toEqual({
      received: 'no proxy here',
      error: '',
    });
  });

  it('passes an undeclared inbound port on to the app, and tells the world so', async () => {
    const port = mesh.inbound.get('10.244.1.12') ?? 0;
    mesh.targets.set('10.244.1.12:7777', { kind: 'external', serve: (socket) => socket.end('the app itself') });
    const client = dial({ port, secret: mesh.secret }, '10.244.1.99', '10.244.1.12:7777');
    // A whole line: until then Envoy's inspector takes it for the start of an HTTP request.
    expect((await exchange(client, 'no HTTP\r\n')).received).toBe('the app itself');
    expect(mesh.reached.at(-1)).toMatchObject({ fromInbound: true, source: { ip: '10.244.1.99' } });
  });

  it('serves nobody without the secret, not even a TLS handshake', async () => {
    const port = mesh.inbound.get('10.244.1.12') ?? 0;
    for (const secret of ['', 'wrong', `${mesh.secret}0`]) {
      const refused = await exchange(
        dial({ port, secret }, '10.244.1.99', '10.244.1.12:3000'),
        'GET / HTTP/1.1\r\n\r\n',
      );
      expect(refused).toEqual({ received: '', error: 'ECONNRESET' });
    }
    const known = dial({ port, secret: mesh.secret }, '10.244.1.99', '10.244.1.12:3000');
    expect((await exchange(known, 'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')).received).toContain(
      '200 OK',
    );
  });

  it('keeps the bound port through PERMISSIVE → STRICT, and then resets plaintext', async () => {
    const before = await second.envoy.admin.boundPorts();
    const { accepted } = await mesh.update(second, strict(customers().v2));
    expect(accepted).toBe(true);
    expect(await second.envoy.admin.boundPorts()).toEqual(before);
    const viaWorld = dial({ port: mesh.world.port, secret: mesh.secret }, '10.244.1.99', '10.244.1.12:3000');
    expect(await exchange(viaWorld, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n')).toEqual({
      received: '',
      error: 'ECONNRESET',
    });
    const call = clientIn(frontend, '10.96.0.11:80');
    for (let i = 0; i < 20; i++) expect((await call('/', { host: 'customers' })).status).toBe(200);
  });
});

/** What istiod does for STRICT: every inbound chain without TLS goes. */
function strict(golden: GoldenProxy): GoldenProxy['config'] {
  const isTls = (chain: JsonObject) =>
    messagesOfType(chain, 'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext').length > 0;
  return {
    ...golden.config,
    listeners: golden.config.listeners.map((listener) =>
      listener.name === 'virtualInbound'
        ? { ...listener, filterChains: objects(listener.filterChains).filter(isTls) }
        : listener,
    ),
  };
}
