import { describe, expect, it } from 'vitest';
import { fakeContext, serve } from '../../test/support/workload-context.ts';
import { curl } from './curl.ts';
import { customersWorkload } from './customers.ts';
import { flaky } from './flaky.ts';
import { helloWorld } from './hello-world.ts';
import { helloworld } from './helloworld.ts';
import { requestLine } from './request-log.ts';

const customers = (tag: string) =>
  serve(customersWorkload, 3000, fakeContext({ image: { name: 'tetratelabs/customers', tag } }));

describe('customers', () => {
  it.each([
    ['1.0.0', ['name']],
    ['2.0.0', ['city', 'name']],
  ])('%s lists objects with %j', async (tag, fields) => {
    const { status, headers, text } = await customers(tag)('GET /');
    const list: object[] = JSON.parse(text);
    expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    expect(list.length).toBeGreaterThan(1);
    expect(list.map((c) => Object.keys(c))).toEqual(list.map(() => fields));
  });

  it.each([
    ['GET /?page=2', 200],
    ['HEAD /', 200],
    ['GET /customers', 404],
    ['POST /', 404],
  ])('%s: %i', async (line, status) => expect((await customers('1.0.0')(line)).status).toBe(status));

  it('quotes a strange path', async () => {
    expect((await customers('1.0.0')('GET /%3Cscript%3E')).text).toBe('Cannot GET /&#60;script&#62;');
  });
});

describe('hello', () => {
  const v2 = fakeContext({ image: { name: 'istio/examples-helloworld-v2', tag: '1.0' } });
  const named = fakeContext({ env: { SERVICE_VERSION: 'v3' } });
  it.each([
    ['version 1', serve(helloworld, 5000), 'GET /hello', 'Hello version: v1, instance: app-v1-7d9c4b-x2x7q\n'],
    ['version 2', serve(helloworld, 5000, v2), 'GET /hello', 'Hello version: v2, instance: app-v1-7d9c4b-x2x7q\n'],
    ['SERVICE_VERSION', serve(helloworld, 5000, named), 'GET /hello', /version: v3,/],
    ['health', serve(helloworld, 5000), 'GET /health', 'Helloworld is healthy'],
    ['hello-world', serve(helloWorld, 3000), 'GET /', 'Hello World'],
  ])('%s', async (_, send, line, text) => {
    const answer = await send(line);
    expect(answer.status).toBe(200);
    expect(answer.text).toEqual(text instanceof RegExp ? expect.stringMatching(text) : text);
  });

  it.each([
    ['GET /', 404],
    ['POST /hello', 405],
  ])('helloworld %s: %i', async (line, status) => expect((await serve(helloworld, 5000)(line)).status).toBe(status));
});

describe('flaky', () => {
  it('fails the first tries of each request id and counts them', async () => {
    const send = serve(flaky, 8080);
    const tried = async (id: string, path = '/flaky?fail=2') =>
      (await send(`GET ${path}`, { headers: { 'x-request-id': id } })).status;
    expect([await tried('a'), await tried('a'), await tried('b'), await tried('a')]).toEqual([503, 503, 503, 200]);
    expect(await tried('c', '/flaky?fail=1&code=429')).toBe(429);
    expect((await send('GET /count?key=a')).text).toBe('3\n');
    expect((await send('GET /count?key=none')).text).toBe('0\n');
  });

  it('keeps the counts of one replica apart from those of another', async () => {
    const [one, two] = [serve(flaky, 8080), serve(flaky, 8080)];
    await one('GET /flaky?fail=1', { headers: { 'x-request-id': 'a' } });
    expect((await two('GET /count?key=a')).text).toBe('0\n');
  });

  it.each([
    ['GET /always/418', 418],
    ['GET /always/9', 400],
    ['GET /', 200],
    ['GET /none', 404],
  ])('%s: %i, saying who answers', async (line, status) => {
    const answer = await serve(flaky, 8080)(line);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({ 'x-app-version': 'v1', 'x-app-pod': 'app-v1-7d9c4b-x2x7q' });
  });

  it('is slow by the clock of the world', async () => {
    const ctx = fakeContext();
    await serve(flaky, 8080, ctx)('GET /slow?ms=1500');
    expect(ctx.slept).toEqual([1500]);
  });
});

it('curl serves nothing', () => expect(curl.ports(fakeContext())).toEqual({}));

it('logs method, path, host and headers on one line', () => {
  const line = requestLine({
    method: 'GET',
    path: '/a?b',
    headers: { host: 'x', 'x-n': '1\n2' },
    body: new Uint8Array(),
  });
  expect(line).not.toContain('\n');
  expect(JSON.parse(line)).toEqual({ method: 'GET', path: '/a?b', host: 'x', headers: { host: 'x', 'x-n': '1\n2' } });
});
