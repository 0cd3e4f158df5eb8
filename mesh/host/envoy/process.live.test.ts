import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../json.ts';
import { typeUrl } from '../localise/walk.ts';
import { bootstrap } from './bootstrap.ts';
import { startEnvoy } from './process.ts';
import { clientIn } from './testing/client.ts';
import { customers } from './testing/customers.ts';
import type { GoldenProxy } from './testing/golden.ts';
import { startTestMesh, type TestMesh } from './testing/mesh.ts';
import { envoyBinary, needs } from './testing/require.ts';

describe('one Envoy process', () => {
  let folder: string;
  beforeEach((context) => {
    needs(context, 'envoy');
    folder = mkdtempSync(join(tmpdir(), 'ml-'));
  });
  afterEach(() => folder && rmSync(folder, { recursive: true, force: true }));

  const start = (given: JsonObject, binary = envoyBinary) =>
    startEnvoy({ binary, folder, bootstrap: given, onLog: () => {}, record: (pid) => pids.push(pid) });
  const pids: number[] = [];
  const plain = () => bootstrap({ nodeId: 'n', cluster: 'c', runFolder: folder, podFolder: folder });

  it('says what is wrong when there is no binary', async () => {
    await expect(start(plain(), join(folder, 'nothing'))).rejects.toThrow(/could not be started: .*ENOENT/);
  });

  it('ends with Envoy’s own words when its configuration is wrong', async () => {
    const envoy = await start({ ...plain(), admin: { address: { pipe: { path: '/nonexistent/admin.sock' } } } });
    expect(pids.at(-1)).toBe(envoy.pid);
    await expect(envoy.ready()).rejects.toThrow(
      /ended before it was ready \(exit code 1\): .*\/nonexistent\/admin.sock/,
    );
    expect(await envoy.exited).toMatchObject({ code: 1, signal: null });
  });

  it('is not ready without a control plane, stops in order, and tells of a violent end', async () => {
    const first = await start(plain());
    // Only when the admin answers is SIGTERM in Envoy's own hands.
    await vi.waitFor(() => first.admin.text('GET', '/server_info'), 15_000);
    await expect(first.ready(AbortSignal.timeout(100))).rejects.toThrow();
    expect(await first.stop(2000)).toMatchObject({ code: 0, signal: null });
    const second = await start(plain());
    process.kill(second.pid, 'SIGKILL');
    expect(await second.exited).toMatchObject({ code: null, signal: 'SIGKILL' });
    // Stopping what has ended already is no error.
    expect(await second.stop(1000)).toMatchObject({ signal: 'SIGKILL' });
  });
});

describe('an Envoy with a pod', () => {
  let mesh: TestMesh | undefined;
  beforeEach((context) => needs(context, 'envoy'));
  afterEach(async () => {
    await mesh?.close();
    mesh = undefined;
  });

  it('answers the request that runs when it is drained', async () => {
    const { frontend, v2 } = customers();
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    const { promise: release, resolve: go } = Promise.withResolvers<void>();
    mesh = await startTestMesh([v2.proxy, frontend.proxy]);
    const handle = async (_: unknown, response: { end(body: string): void }) => {
      arrive();
      await release;
      response.end('done');
    };
    const pod = await mesh.add({ ...v2, apps: { 3000: handle } });
    const client = await mesh.add(onlyV2(frontend));
    const answer = clientIn(client, '10.96.0.11:80')('/', { host: 'customers' });
    await Promise.race([arrived, answer]);
    let drained = false;
    const draining = pod.envoy.drain(10_000).then(() => {
      drained = true;
    });
    await pod.envoy.admin.stats('server.live');
    expect(drained).toBe(false);
    go();
    expect((await answer).body).toBe('done');
    await draining;
  });

  it('keeps its configuration when it refuses a new one, and says why', async () => {
    const { v2 } = customers();
    mesh = await startTestMesh([v2.proxy]);
    const pod = await mesh.add(v2);
    const name = 'outbound|80||customers.shop.svc.cluster.local';
    const twice = v2.config.clusters.map((c) => (c.name === name ? { ...c, lbPolicy: 'CLUSTER_PROVIDED' } : c));
    const { status, accepted } = await mesh.update(pod, { ...v2.config, clusters: twice });
    expect(accepted).toBe(false);
    expect(status.clusters).toBe('REJECTED');
    await expect
      .poll(() => mesh?.xds.status(v2.proxy.id).rejections.join())
      .toMatch(/^clusters: .*cluster provided LB specified/);
    const dump = JSON.stringify(await pod.envoy.admin.configDump());
    expect(dump).toContain(name);
    const { accepted: again } = await mesh.update(pod, v2.config);
    expect(again).toBe(true);
  });

  it('runs Lua without the libraries of the machine', async () => {
    const { v2, frontend } = customers();
    mesh = await startTestMesh([v2.proxy, frontend.proxy]);
    const code =
      'function envoy_on_request(h) h:headers():add("x-lua", tostring(os)..tostring(io)..tostring(require)..tostring(debug)..tostring(load)) end';
    const lua = {
      name: 'lua',
      typedConfig: {
        '@type': typeUrl('envoy.extensions.filters.http.lua.v3.Lua'),
        defaultSourceCode: { inlineString: code },
      },
    };
    const text = JSON.stringify(v2.config.listeners).replaceAll(
      '{"name":"envoy.filters.http.router"',
      `${JSON.stringify(lua)},{"name":"envoy.filters.http.router"`,
    );
    const handle = (incoming: { headers: NodeJS.Dict<string | string[]> }, response: { end(body: string): void }) =>
      response.end(String(incoming.headers['x-lua']));
    await mesh.add({ ...v2, config: { ...v2.config, listeners: JSON.parse(text) }, apps: { 3000: handle } });
    const client = await mesh.add(onlyV2(frontend));
    const answer = await clientIn(client, '10.96.0.11:80')('/', { host: 'customers' });
    expect(answer.body).toBe('nilnilnilnilnil');
  });

  it('shows itself through the admin interface', async () => {
    const { v2 } = customers();
    mesh = await startTestMesh([v2.proxy]);
    const pod = await mesh.add(v2);
    await expect(pod.envoy.admin.text('GET', '/no-such-page')).rejects.toThrow(/GET \/no-such-page: 404/);
    expect(await pod.envoy.admin.logging({ http: 'debug' })).toContain('http: debug');
    expect(JSON.stringify(await pod.envoy.admin.certificates())).toContain(
      'spiffe://cluster.local/ns/shop/sa/customers',
    );
  });
});

/** The frontend when v2 alone exists. */
function onlyV2(golden: GoldenProxy): GoldenProxy {
  const routes = JSON.parse(JSON.stringify(golden.config.routes).replaceAll('|v1|', '|v2|'));
  return { ...golden, config: { ...golden.config, routes } };
}
