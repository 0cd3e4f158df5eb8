import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Served, serveSite } from './serve-site.ts';

let folder = '';
let served: Served;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesh-labs-site-'));
  await mkdir(join(folder, '_astro'));
  await mkdir(join(folder, 'learn'));
  await writeFile(join(folder, 'index.html'), 'start');
  await writeFile(join(folder, 'learn/index.html'), 'lessons');
  await writeFile(join(folder, 'learn/index.html.br'), 'as brotli');
  await writeFile(join(folder, '404.html'), 'nothing here');
  await writeFile(join(folder, '_astro/a.js'), '1');
  await writeFile(join(folder, '../secret-of-mesh-labs-test'), 'secret');
  served = await serveSite(folder, 0);
});
afterAll(async () => {
  await served.close();
  await rm(join(folder, '../secret-of-mesh-labs-test'));
  await rm(folder, { recursive: true });
});

/** A path as it stands, without what fetch would make of it. */
function get(path: string, headers: { [name: string]: string } = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status?: number; body: string; cache?: string }>();
  const url = new URL(served.url);
  const asked = request({ host: url.hostname, port: url.port, path, headers }, async (answer) => {
    const body = (await answer.toArray()).join('');
    resolve({ status: answer.statusCode, body, cache: answer.headers['cache-control'] });
  });
  asked.on('error', reject).end();
  return promise;
}

describe('the course, served', () => {
  const rows: [string, { [name: string]: string }, object][] = [
    ['/', {}, { status: 200, body: 'start', cache: 'no-cache' }],
    ['/learn/', {}, { status: 200, body: 'lessons' }],
    ['/learn/', { 'accept-encoding': 'br' }, { status: 200, body: 'as brotli' }],
    ['/_astro/a.js', {}, { status: 200, cache: 'public, max-age=31536000, immutable' }],
    ['/nowhere/', {}, { status: 404, body: 'nothing here' }],
    ['/../secret-of-mesh-labs-test', {}, { status: 404, body: 'nothing here' }],
    ['/%2e%2e/secret-of-mesh-labs-test', {}, { status: 404, body: 'nothing here' }],
    ['/..%2fsecret-of-mesh-labs-test', {}, { status: 404, body: 'nothing here' }],
    ['/', { host: 'evil.example' }, { status: 421, body: '' }],
  ];
  it.each(rows)('answers %s %j', async (path, asked, expected) => {
    expect(await get(path, asked)).toMatchObject(expected);
  });

  it('says what to do when it was not built, and when the port is taken', async () => {
    await expect(serveSite(join(folder, 'none'), 0)).rejects.toMatchObject({ exitCode: 3 });
    await expect(serveSite(folder, Number(new URL(served.url).port))).rejects.toMatchObject({ exitCode: 2 });
  });
});
