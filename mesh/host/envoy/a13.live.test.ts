import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clientIn, dial, exchange } from './testing/client.ts';
import { goldenProxies } from './testing/golden.ts';
import { type RunningPod, startTestMesh, type TestMesh } from './testing/mesh.ts';
import { envoyBinary, needs } from './testing/require.ts';

/** Golden scenario a13: alpha is STRICT (HTTP on 8080, TCP on 9000), gamma PERMISSIVE. */
describe('a13 on real Envoys', () => {
  let mesh: TestMesh;
  let alpha: RunningPod;
  let gamma: RunningPod;

  beforeEach((context) => needs(context, 'envoy'));
  beforeAll(async () => {
    if (envoyBinary === '') return;
    const golden = goldenProxies('a13').filter((g) => /alpha|gamma/.test(g.proxy.name));
    mesh = await startTestMesh(golden.map((g) => g.proxy));
    const [a, g] = golden;
    if (a === undefined || g === undefined) throw new Error('a13 has other proxies');
    alpha = await mesh.add({
      ...a,
      apps: {
        8080: (request, response) => void response.end(String(request.headers['x-forwarded-client-cert'])),
        // The server speaks first.
        9000: {
          serve(socket) {
            socket.on('error', () => {}).write('220 alpha\n');
            socket.pipe(socket);
          },
        },
      },
    });
    gamma = await mesh.add(g);
  });
  afterAll(() => mesh?.close());

  const handshakes = async () => {
    const stats = await alpha.envoy.admin.stats('^listener\\..*ssl\\.handshake$');
    return [...stats.values()].reduce((sum, count) => sum + count, 0);
  };

  it('carries TCP of a server that speaks first in mutual TLS', async () => {
    const before = await handshakes();
    const socket = dial({ socket: `${gamma.folder}/out.sock` }, gamma.proxy.ip, '10.96.0.10:9000');
    const next = () => new Promise((resolve) => socket.once('data', (data) => resolve(String(data))));
    expect(await next()).toBe('220 alpha\n');
    socket.write('ping');
    expect(await next()).toBe('ping');
    socket.destroy();
    expect(await handshakes()).toBe(before + 1);
  });

  it('carries HTTP with the client’s identity', async () => {
    const answer = await clientIn(gamma, '10.96.0.10:80')('/', { host: 'alpha.secure' });
    expect(answer.status).toBe(200);
    expect(answer.body).toContain(`URI=spiffe://cluster.local/ns/mixed/sa/${gamma.proxy.serviceAccount}`);
  });

  it.for([8080, 9000, 7777])('resets plaintext to port %i before a byte is sent', async (port) => {
    const reached = dial({ port: mesh.world.port, secret: mesh.secret }, '10.244.1.99', `10.244.1.10:${port}`);
    expect(await exchange(reached, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n')).toEqual({ received: '', error: 'ECONNRESET' });
  });
});
