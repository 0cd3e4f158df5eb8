import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { connect as netConnect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import type { LocalConfig } from '../localise/place.ts';
import { createXdsServer } from './server.ts';
import type { XdsServer } from './types.ts';

interface Response {
  version_info: string;
  resources: JsonObject[];
}

/** What Envoy does on the wire: one POST per type and name, held until there is an answer. */
function poll(session: ClientHttp2Session, type: string, version = '', name?: string): Promise<Response> {
  const body = { node: { id: 'n' }, version_info: version, ...(name === undefined ? {} : { resource_names: [name] }) };
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':method': 'POST', ':path': `/v3/discovery:${type}` });
    let data = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      data += chunk;
    });
    stream.on('response', (headers) => headers[':status'] === 200 || reject(new Error(`status ${headers[':status']}`)));
    stream.on('end', () => data !== '' && resolve(JSON.parse(data)));
    stream.on('error', reject);
    stream.end(JSON.stringify(body));
  });
}

/** Whether a poll is still held after the server has had its turn: it answers another type in the meantime. */
async function isHeld(session: ClientHttp2Session, held: Promise<Response>): Promise<boolean> {
  let answered = false;
  void held.then(() => {
    answered = true;
  });
  await poll(session, 'secrets', '', `probe ${Math.random()}`);
  return !answered;
}

const config = (part: Partial<LocalConfig> = {}): LocalConfig => ({
  listeners: [],
  routes: [],
  clusters: [],
  endpoints: [],
  extensionConfigs: [],
  bound: [],
  problems: [],
  ...part,
});

describe('REST xDS server', () => {
  let folder: string;
  let server: XdsServer;
  let session: ClientHttp2Session;
  let secrets: Map<string, JsonObject>;
  let changed = () => {};

  const connectAs = () => connect('http://xds', { createConnection: () => netConnect(join(folder, 'xds.sock')) });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ml-'));
    secrets = new Map();
    server = await createXdsServer({
      socket: join(folder, 'xds.sock'),
      secrets: {
        get: (_, name) => (name.startsWith('probe') ? { name } : secrets.get(name)),
        onChange(callback) {
          changed = callback;
          return () => {};
        },
      },
    });
    session = connectAs();
    session.on('error', () => {});
  });
  afterEach(async () => {
    session.destroy();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('lets only the user connect', () => {
    expect(statSync(join(folder, 'xds.sock')).mode & 0o777).toBe(0o600);
  });

  it('answers with typed resources, then holds until only that type changes', async () => {
    server.update('n', config({ clusters: [{ name: 'a' }] }));
    const first = await poll(session, 'clusters');
    expect(first.resources).toEqual([{ '@type': 'type.googleapis.com/envoy.config.cluster.v3.Cluster', name: 'a' }]);
    const held = poll(session, 'clusters', first.version_info);
    server.update('n', config({ clusters: [{ name: 'a' }], extensionConfigs: [{ name: 'x' }] }));
    expect(await isHeld(session, held)).toBe(true);
    server.update('n', config({ clusters: [{ name: 'b' }] }));
    expect((await held).resources).toMatchObject([{ name: 'b' }]);
  });

  it('answers listeners only when the clusters and their endpoints are decided', async () => {
    const eds = { name: 'c', type: 'EDS', edsClusterConfig: { serviceName: 's' } };
    server.update('n', config({ clusters: [eds], endpoints: [{ clusterName: 's' }], listeners: [{ name: 'l' }] }));
    const listeners = poll(session, 'listeners');
    const clusters = await poll(session, 'clusters');
    void poll(session, 'clusters', clusters.version_info);
    const endpoints = await poll(session, 'endpoints', '', 's');
    expect(await isHeld(session, listeners)).toBe(true);
    void poll(session, 'endpoints', endpoints.version_info, 's');
    expect((await listeners).resources).toMatchObject([{ name: 'l' }]);
  });

  it('tells a refusal with Envoy’s words, does not repeat it, and is settled', async () => {
    server.update('n', config({ clusters: [{ name: 'good' }] }));
    const good = await poll(session, 'clusters');
    const held = poll(session, 'clusters', good.version_info);
    server.update('n', config({ clusters: [{ name: 'bad' }] }));
    const bad = await held;
    server.logLine('n', 'REST config for /v3/discovery:clusters rejected: no such thing');
    const again = poll(session, 'clusters', good.version_info);
    expect(await isHeld(session, again)).toBe(true);
    expect(server.status('n')).toMatchObject({ clusters: 'REJECTED', rejections: ['clusters: no such thing'] });
    server.update('n', config({ clusters: [{ name: 'better' }] }));
    expect((await again).version_info).not.toBe(bad.version_info);
    void poll(session, 'clusters', (await again).version_info);
    expect(await isHeld(session, again)).toBe(false);
    expect(server.status('n')).toMatchObject({ clusters: 'SYNCED', rejections: [] });
  });

  it('settles when every type is decided, and not before', async () => {
    server.update('n', config({ clusters: [{ name: 'a' }], listeners: [{ name: 'l' }] }));
    let settled = false;
    const settlement = server.settled('n').then((s) => {
      settled = true;
      return s;
    });
    const clusters = await poll(session, 'clusters');
    void poll(session, 'clusters', clusters.version_info);
    const listeners = await poll(session, 'listeners');
    expect(settled).toBe(false);
    void poll(session, 'listeners', listeners.version_info);
    expect(await settlement).toMatchObject({ accepted: true, status: { clusters: 'SYNCED', listeners: 'SYNCED' } });
  });

  it('does not take a new start of Envoy for a refusal', async () => {
    server.update('n', config({ clusters: [{ name: 'a' }] }));
    await poll(session, 'clusters');
    session.destroy();
    session = connectAs();
    const again = await poll(session, 'clusters');
    expect(again.resources).toMatchObject([{ name: 'a' }]);
    expect(server.status('n').clusters).not.toBe('REJECTED');
  });

  it.each(['', 'the version in use'])(
    'does not take the subscription of a replaced cluster for a refusal (old one: %s)',
    async (old) => {
      const eds = { name: 'c', type: 'EDS', edsClusterConfig: { serviceName: 's' } };
      server.update('n', config({ clusters: [eds], endpoints: [{ clusterName: 's' }] }));
      const clusters = await poll(session, 'clusters');
      void poll(session, 'clusters', clusters.version_info);
      const first = await poll(session, 'endpoints', '', 's');
      if (old !== '') void poll(session, 'endpoints', first.version_info, 's');
      const again = await poll(session, 'endpoints', '', 's');
      expect(again.version_info).toBe(first.version_info);
      expect(server.status('n')).toMatchObject({ endpoints: 'STALE', rejections: [] });
      void poll(session, 'endpoints', again.version_info, 's');
      await isHeld(session, poll(session, 'endpoints', again.version_info, 's'));
      expect(server.status('n')).toMatchObject({ endpoints: 'SYNCED', rejections: [] });
    },
  );

  it('does not wait for the endpoints of a cluster that is gone', async () => {
    const eds = { name: 'c', type: 'EDS', edsClusterConfig: { serviceName: 's' } };
    server.update('n', config({ clusters: [eds], endpoints: [{ clusterName: 's' }] }));
    const clusters = await poll(session, 'clusters');
    const held = poll(session, 'clusters', clusters.version_info);
    await poll(session, 'endpoints', '', 's');
    server.update('n', config({ clusters: [{ name: 'other' }] }));
    void poll(session, 'clusters', (await held).version_info);
    void poll(session, 'listeners', (await poll(session, 'listeners')).version_info);
    expect(await server.settled('n')).toMatchObject({ accepted: true });
  });

  it('knows a refused first answer by Envoy’s log, and does not repeat it for ever', async () => {
    server.update('n', config({ clusters: [{ name: 'bad' }] }));
    await poll(session, 'clusters');
    await poll(session, 'clusters');
    server.logLine('n', 'REST config for /v3/discovery:clusters rejected: no such thing');
    expect(await isHeld(session, poll(session, 'clusters'))).toBe(true);
    expect(server.status('n')).toMatchObject({ clusters: 'REJECTED', rejections: ['clusters: no such thing'] });
  });

  it('holds an unknown secret until it is known, and sends a rotated one', async () => {
    server.update('n', config());
    const held = poll(session, 'secrets', '', 'default');
    expect(await isHeld(session, held)).toBe(true);
    secrets.set('default', { name: 'default', a: 1 });
    changed();
    const first = await held;
    const next = poll(session, 'secrets', first.version_info, 'default');
    secrets.set('default', { name: 'default', a: 2 });
    changed();
    expect((await next).resources).toMatchObject([{ a: 2 }]);
  });

  it('gives a cluster without endpoints an empty assignment, and holds an unknown route config', async () => {
    server.update('n', config({ clusters: [{ name: 'c', type: 'EDS' }] }));
    expect((await poll(session, 'endpoints', '', 'c')).resources).toMatchObject([{ clusterName: 'c' }]);
    expect(await isHeld(session, poll(session, 'routes', '', '80'))).toBe(true);
  });

  it('stops waiting when the signal aborts', async () => {
    await expect(server.settled('n', AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });

  it.for([
    ['an unknown type', '/v3/discovery:passwords', '{"node":{"id":"n"}}', 404],
    ['no JSON', '/v3/discovery:clusters', '{', 400],
    ['no node', '/v3/discovery:clusters', '{}', 400],
  ] as const)('answers %s with a status', async ([, path, body, expected]) => {
    const stream = session.request({ ':method': 'POST', ':path': path });
    stream.end(body);
    expect(await new Promise((resolve) => stream.on('response', (h) => resolve(h[':status'])))).toBe(expected);
  });
});
