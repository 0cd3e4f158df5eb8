import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { envoyScript, fakeLock } from '../../../test/support/fake-envoy.ts';
import { ProblemError } from '../../problem.ts';
import { findEnvoy } from './find.ts';
import { fromRelease } from './release.ts';

const binary = envoyScript('1.40.0');
let folder: string;
let server: Server | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'test-'));
});
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/envoy`;
}

const announced: string[] = [];
/** The release is all there is: no PATH, no wheel. */
function context(url: string) {
  const sha256 = createHash('sha256').update(binary).digest('hex');
  const lock = { ...fakeLock(), release: { 'linux-x64': { url, sha256, size: binary.length } } };
  lock.wheel.files = {};
  const env = { MESH_LABS_CACHE: folder };
  return { env, lock, platform: 'linux-x64', notify: (text: string) => announced.push(text) };
}

describe('the official release', () => {
  it('is fetched, verified and installed', async () => {
    const url = await serve((_request, response) => response.end(binary));
    const found = await findEnvoy({ ...context(url), download: true });
    expect(found).toEqual({
      path: join(folder, 'envoy', '1.40.0-linux-x64', 'envoy'),
      version: '1.40.0',
      source: 'release',
    });
    expect(await readFile(found.path, 'utf8')).toBe(binary);
    expect(announced).toEqual([
      expect.stringMatching(/^Downloading Envoy 1.40.0 \(1 MB\) into .*; to refuse: MESH_LABS_OFFLINE=1/),
    ]);
    expect(await findEnvoy({ ...context(url), download: false })).toMatchObject({ source: 'cache' });
  });

  it.each([
    ['of another digest', binary.replace('exit 0', 'exit 1')],
    ['that is too long', binary.repeat(3)],
  ])('is refused when something %s comes', async (_name, body) => {
    const url = await serve((_request, response) => response.end(body));
    const error = await fromRelease(context(url)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ProblemError);
    expect((error as ProblemError).message).toContain(`what ${url} sent is not what tools.lock.json says`);
    expect(await readdir(join(folder, 'envoy'))).toEqual([]);
  });

  it.each<[string, RequestListener, RegExp]>([
    ['answers 404', (_request, response) => response.writeHead(404).end(), /^HTTP 404$/],
    ['hangs up', (request) => request.socket.destroy(), /^fetch failed: /],
    ['breaks off', (_request, response) => breakOff(response), /^broken off after 4 bytes: /],
  ])('is not to be had from a server that %s', async (_name, listener, reason) => {
    const url = await serve(listener);
    const outcome = await fromRelease(context(url));
    expect(outcome).toEqual({ looked: [{ source: 'release', where: url, outcome: expect.stringMatching(reason) }] });
    expect(await readdir(join(folder, 'envoy'))).toEqual([]);
  });

  it('is not asked for when nothing may be downloaded', async () => {
    const offline = context('http://127.0.0.1:1/');
    const outcome = await fromRelease({ ...offline, env: { ...offline.env, MESH_LABS_OFFLINE: '1' } });
    expect(outcome).toMatchObject({ looked: [{ outcome: 'MESH_LABS_OFFLINE is set' }] });
  });
});

function breakOff(response: Parameters<RequestListener>[1]): void {
  response.writeHead(200, { 'content-length': binary.length });
  response.write('#!/b', () => response.destroy());
}
