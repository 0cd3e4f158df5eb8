import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import {
  type Captured,
  capture,
  closed,
  fakeDns,
  listen,
  socketFolder,
  type Zone,
} from '../../../test/support/sockets.ts';
import { ProblemError } from '../../problem.ts';
import { startApps } from './apps.ts';
import type { AppSpec, Apps, AppsExit } from './types.ts';

interface World {
  apps: Apps;
  path(name: string): string;
  spec(changes?: Partial<AppSpec>): AppSpec;
  asked: string[];
}

/** An apps process, a DNS and a folder, all gone at the end. */
async function withApps(use: (world: World) => Promise<void>, zone: Zone = {}): Promise<void> {
  await using folder = await socketFolder();
  await using dns = await fakeDns(zone);
  const apps = await startApps({ dns, log: () => {} });
  const pod = {
    name: 'customers-v1-x',
    namespace: 'shop',
    ip: '10.244.1.5',
    labels: { version: 'v1' },
    serviceAccount: 'a',
  };
  const spec = (changes: Partial<AppSpec> = {}): AppSpec => ({
    id: 'shop/customers-v1-x/customers',
    pod,
    container: 'customers',
    image: 'tetratelabs/customers:1.0.0',
    args: [],
    env: {},
    sockets: { 3000: folder.path('app.sock') },
    dial: { socket: folder.path('out.sock'), sourceIp: '10.244.1.5' },
    ...changes,
  });
  try {
    await use({ apps, path: folder.path, spec, asked: dns.asked });
  } finally {
    await apps.close();
  }
}

async function get(socketPath: string, path = '/') {
  const [response] = await once(
    request({ socketPath, path, agent: false, headers: { user: 'debug' } }).end(),
    'response',
  );
  return { status: response.statusCode as number, body: await text(response) };
}

const frontend = (world: World, changes: Partial<AppSpec> = {}): AppSpec =>
  world.spec({
    id: 'shop/web-frontend-x/web-frontend',
    image: 'tetratelabs/web-frontend:1.0.0',
    env: { CUSTOMER_SERVICE_URL: 'http://customers' },
    sockets: { 8080: world.path('front.sock') },
    ...changes,
  });

const zone = { 'customers.shop.svc.cluster.local': '10.96.0.12' };

async function lines(apps: Apps, id: string, options = {}): Promise<string[]> {
  const all: string[] = [];
  for await (const line of apps.logs(id, options)) all.push(line);
  return all;
}

describe('a container', () => {
  it('serves its ports and logs its requests', () =>
    withApps(async ({ apps, spec, path }) => {
      await apps.start(spec());
      expect(await get(path('app.sock'))).toEqual({ status: 200, body: expect.stringContaining('"name"') });
      expect((await get(path('app.sock'), '/none')).status).toBe(404);
      const logged = (await lines(apps, spec().id)).map((line) => JSON.parse(line));
      expect(logged).toMatchObject([
        { path: '/', headers: { user: 'debug' } },
        { path: '/none', method: 'GET' },
      ]);
      expect(await lines(apps, spec().id, { tailLines: 1 })).toHaveLength(1);
    }));

  it('starts where a killed one left its socket, and again after its end', () =>
    withApps(async ({ apps, spec, path }) => {
      await apps.start(spec());
      process.kill(apps.pid, 'SIGKILL');
      await new Promise<void>((ended) => apps.onExit(() => ended()));
      await withApps(async (second) => {
        const again = second.spec({ sockets: { 3000: path('app.sock') } });
        await second.apps.start(again);
        await second.apps.stop(again.id);
        await expect(get(path('app.sock'))).rejects.toThrow(/ENOENT|ECONNREFUSED/);
        await second.apps.start(again);
        expect((await get(path('app.sock'))).status).toBe(200);
      });
    }));

  it('serves ports that nobody declared, in the folder of its pod', () =>
    withApps(async ({ apps, spec, path }) => {
      await apps.start(spec({ sockets: {}, folder: dirname(path('x')) }));
      expect((await get(path('app-3000.sock'))).status).toBe(200);
    }));

  it('is stopped with its connections, after the requests that run', () =>
    withApps(async ({ apps, spec, path }) => {
      const httpbin = spec({ image: 'mccutchen/go-httpbin:v2.15.0', sockets: { 8080: path('bin.sock') } });
      await apps.start(httpbin);
      const cut = closed(connect(path('bin.sock')));
      const running = get(path('bin.sock'), '/delay/0.2');
      await new Promise<void>((logged) => void firstLine(apps, httpbin.id).then(() => logged()));
      await apps.stop(httpbin.id, 10_000);
      expect((await running).status).toBe(200);
      await cut;
      expect(await lines(apps, httpbin.id, { follow: true })).toHaveLength(1);
      await apps.stop(httpbin.id);
      await expect(lines(apps, 'another')).rejects.toThrow('no container another');
    }));

  it.each<[string, Partial<AppSpec>, RegExp]>([
    ['an unknown image', { image: 'tetratelabs/custmers:1.0.0' }, /custmers.*is not known/],
    [
      'a folder that is not there',
      { sockets: { 3000: '/nowhere-at-all/app.sock' } },
      /cannot listen on .*EACCES|ENOENT/,
    ],
  ])('says what is wrong: %s', (_, changes, what) =>
    withApps(async ({ apps, spec }) => {
      await expect(apps.start(spec(changes))).rejects.toThrow(what);
      await apps.start(spec());
      await expect(apps.start(spec())).rejects.toThrow(ProblemError);
    }),
  );

  it('follows its log until it is stopped, or the reader has enough', () =>
    withApps(async ({ apps, spec, path }) => {
      await apps.start(spec());
      const enough = new AbortController();
      const read = lines(apps, spec().id, { follow: true });
      const left = lines(apps, spec().id, { follow: true, signal: enough.signal });
      await get(path('app.sock'), '/a');
      await get(path('app.sock'), '/b');
      enough.abort();
      await left;
      await apps.stop(spec().id);
      expect((await read).map((line) => JSON.parse(line).path)).toEqual(['/a', '/b']);
    }));
});

async function firstLine(apps: Apps, id: string): Promise<string> {
  for await (const line of apps.logs(id, { follow: true })) return line;
  throw new Error('no line');
}

describe('calls of an app', () => {
  it('go through the uplink, with the addresses of the mesh, on one kept connection', () =>
    withApps(async (world) => {
      const seen: Captured[] = [];
      const proxy = capture((socket, { addresses }) => {
        seen.push(addresses);
        socket.pipe(connect(world.path('app.sock'))).pipe(socket);
      });
      await using _ = await listen(proxy, world.path('out.sock'));
      await world.apps.start(world.spec());
      await world.apps.start(frontend(world));
      expect(await get(world.path('front.sock'))).toMatchObject({
        status: 200,
        body: expect.stringContaining('<th>NAME</th>'),
      });
      await get(world.path('front.sock'));
      const source = { ip: '10.244.1.5', port: expect.any(Number) };
      expect(seen).toEqual([{ source, destination: { ip: '10.96.0.12', port: 80 } }]);
      const [line = ''] = await lines(world.apps, world.spec().id);
      expect(JSON.parse(line)).toMatchObject({ host: 'customers', headers: { user: 'debug' } });
    }, zone));

  it('go to a port with the secret', () =>
    withApps(async (world) => {
      const secrets: string[] = [];
      const proxy = capture((socket, { tlvs }) => {
        secrets.push(tlvs.map((t) => new TextDecoder().decode(t.value)).join());
        socket.resetAndDestroy();
      });
      await using port = await listen(proxy);
      await world.apps.start(frontend(world, { dial: { port: port.port, secret: 'ab12', sourceIp: '10.244.1.5' } }));
      const { status, body } = await get(world.path('front.sock'));
      expect([status, body]).toEqual([500, expect.stringContaining('ECONNRESET')]);
      expect(secrets).toEqual(['ab12']);
    }, zone));

  it.each([
    ['no proxy', undefined, 'http://customers:8080', /connect ECONNREFUSED 10\.96\.0\.12:8080/],
    ['an unknown name', undefined, 'http://custmers', /getaddrinfo ENOTFOUND custmers/],
    ['an orderly end', capture((socket) => socket.end()), 'http://customers', /socket hang up.*ECONNRESET/],
    ['not http', undefined, 'https://customers', /only fetch http:/],
  ])('%s ends in the error that Node gives', (_, proxy, url, message) =>
    withApps(async (world) => {
      await using _proxy = proxy && (await listen(proxy, world.path('out.sock')));
      await world.apps.start(frontend(world, { env: { CUSTOMER_SERVICE_URL: url } }));
      expect(await get(world.path('front.sock'))).toEqual({ status: 500, body: expect.stringMatching(message) });
    }, zone),
  );
});

describe('the process', () => {
  it('measures its event loop', () =>
    withApps(async ({ apps }) => {
      const { p99Ms, maxMs } = await apps.loopDelay();
      expect(p99Ms).toBeGreaterThanOrEqual(0);
      expect(maxMs).toBeGreaterThanOrEqual(p99Ms);
    }));

  it('says when it was killed, to those who wait as well', () =>
    withApps(async ({ apps, spec }) => {
      const exited = new Promise<AppsExit>((resolve) => apps.onExit(resolve));
      await apps.start(spec());
      const reading = lines(apps, spec().id, { follow: true });
      process.kill(apps.pid, 'SIGKILL');
      expect(await exited).toMatchObject({ code: null, signal: 'SIGKILL' });
      await expect(reading).rejects.toThrow(/apps process ended \(SIGKILL\)/);
      await expect(apps.start(spec())).rejects.toThrow(ProblemError);
    }));

  it('does not call its own close a failure', () =>
    withApps(async ({ apps }) => {
      let exits = 0;
      apps.onExit(() => exits++);
      await apps.close();
      await apps.close();
      expect(exits).toBe(0);
      await expect(apps.loopDelay()).rejects.toThrow('closed');
    }));

  it('ends with its parent', async () => {
    await using folder = await socketFolder();
    const path = folder.path('app.sock');
    const script = `
      const { startApps } = await import(${JSON.stringify(new URL('./apps.ts', import.meta.url).href)});
      const apps = await startApps({ dns: { address: '127.0.0.1', port: 9 }, log() {} });
      const pod = { name: 'p', namespace: 'n', ip: '10.0.0.1', labels: {}, serviceAccount: 'a' };
      await apps.start({ id: 'a', pod, container: 'c', image: 'tetratelabs/customers:1.0.0', args: [], env: {},
        sockets: { 3000: ${JSON.stringify(path)} }, dial: { socket: 'x', sourceIp: '10.0.0.1' } });
      console.log('up');`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(parent.stdout, 'data');
    const socket = connect(path);
    await once(socket, 'connect');
    parent.kill('SIGKILL');
    // The only other end of this connection is the child.
    await closed(socket);
  });
});
