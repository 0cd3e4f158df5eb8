import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fakeContext, serve } from '../../../test/support/workload-context.ts';
import { gzip } from './gzip.ts';
import { httpbin } from './httpbin.ts';

const send = serve(httpbin, 8080);
const jsonOf = async (...request: Parameters<typeof send>) => JSON.parse((await send(...request)).text);

describe('what it echoes', () => {
  it('GET /get', async () => {
    expect(await jsonOf('GET /get?b=2&a=1&a=3', { headers: { host: 'httpbin:8000', 'x-request-id': 'r' } })).toEqual({
      args: { a: ['1', '3'], b: ['2'] },
      headers: { Host: ['httpbin:8000'], 'X-Request-Id': ['r'] },
      method: 'GET',
      origin: '127.0.0.6',
      url: 'http://httpbin:8000/get?b=2&a=1&a=3',
    });
  });

  it.each([
    ['json', 'application/json', '{"a":[1]}', { data: '{"a":[1]}', form: {}, json: { a: [1] } }],
    [
      'a form',
      'application/x-www-form-urlencoded',
      'a=1&a=2',
      { data: 'a=1&a=2', form: { a: ['1', '2'] }, json: null },
    ],
    ['text', 'text/plain; charset=utf-8', 'hi', { data: 'hi', form: {}, json: null }],
    ['anything else', 'application/x', 'hi?', { data: 'data:application/x;base64,aGk_', json: null }],
    ['nothing', 'application/json', '', { data: '', json: null }],
  ])('POST with %s', async (_, type, text, body) => {
    expect(await jsonOf('POST /post', { headers: { 'content-type': type }, text })).toMatchObject(body);
  });

  it.each([
    ['GET /headers', { headers: { 'user-agent': 'curl/8' } }, { headers: { Host: ['app'], 'User-Agent': ['curl/8'] } }],
    ['GET /ip', { headers: { 'x-forwarded-for': '10.9.9.9, 10.0.0.1' } }, { origin: '10.9.9.9' }],
    ['GET /ip', { remoteAddress: '10.244.1.9' }, { origin: '10.244.1.9' }],
    ['GET /user-agent', { headers: { 'user-agent': 'curl/8' } }, { 'user-agent': 'curl/8' }],
    ['GET /cookies', { headers: { cookie: 'a=1; b=x=y' } }, { a: '1', b: 'x=y' }],
    ['GET /cookies', {}, {}],
    ['GET /hostname', {}, { hostname: 'app-v1-7d9c4b-x2x7q' }],
  ])('%s %j', async (line, request, body) => expect(await jsonOf(line, request)).toEqual(body));

  it.each(['GET /anything', 'DELETE /anything/a/b%2Fc?x=1', 'PUT /put', 'PATCH /patch', 'DELETE /delete'])(
    '%s says its method and path',
    async (line) => {
      const [method, path] = line.split(' ');
      expect(await jsonOf(line)).toMatchObject({ method, url: `http://app${path}`, data: '' });
    },
  );
});

describe('statuses', () => {
  it.each<[string, number, Parameters<typeof send>[1]?]>([
    ['GET /status/200', 200],
    ['POST /status/503', 503],
    ['GET /status/418', 418],
    ['GET /status/99', 400],
    ['GET /status/600', 400],
    ['GET /status/abc', 400],
    ['GET /status/200:1,503:x', 400],
    ['GET /status/200,abc:0', 400],
    ['GET /status/200,503:-1', 400],
    ['GET /status/200,503:', 400],
    ['GET /get/', 404],
    ['GET /none', 404],
    ['POST /get', 405],
    ['GET /post', 405],
    ['HEAD /get', 200],
    ['OPTIONS /post', 200],
    ['POST /post', 400, { headers: { 'content-type': 'application/json' }, text: '{' }],
    ['GET /delay/11', 400],
    ['GET /delay/-1', 400],
    ['GET /delay/soon', 400],
    ['GET /bytes/1048577', 400],
    ['GET /bytes/x', 400],
    ['GET /bytes/1?seed=x', 400],
    ['GET /stream/x', 400],
    ['GET /drip?duration=6&delay=6', 400],
    ['GET /drip?numbytes=0', 400],
    ['GET /redirect/0', 400],
    ['GET /redirect/x', 400],
    ['GET /redirect-to', 400],
    ['GET /redirect-to?url=/&status_code=200', 400],
    ['GET /response-headers?a%20b=1', 400],
    ['GET /response-headers?a=1%0d%0ab', 400],
  ])('%s: %i', async (line, status, request = {}) => expect((await send(line, request)).status).toBe(status));

  it.each([
    [0, 200],
    [0.89, 200],
    [0.91, 503],
    [0.999, 503],
  ])('/status/200:0.9,503:0.1 with chance %d: %i', async (chance, status) => {
    const loaded = serve(httpbin, 8080, fakeContext({ random: () => chance }));
    expect((await loaded('GET /status/200:0.9,503:0.1')).status).toBe(status);
  });
});

describe('headers', () => {
  it.each([
    ['GET /get', { 'content-type': 'application/json; charset=utf-8', 'access-control-allow-origin': '*' }],
    ['GET /status/401', { 'www-authenticate': 'Basic realm="Fake Realm"' }],
    ['GET /redirect/3', { location: '/relative-redirect/2' }],
    ['GET /relative-redirect/1', { location: '/get' }],
    ['GET /redirect/2?absolute=true', { location: 'http://app/absolute-redirect/1' }],
    ['GET /redirect-to?url=http%3A%2F%2Fx%2F', { location: 'http://x/' }],
    ['GET /cookies/set?a=1&b=2', { location: '/cookies', 'set-cookie': 'a=1; HttpOnly\nb=2; HttpOnly' }],
    ['GET /response-headers?X-Team=a&x-n=1&x-n=2', { 'x-team': 'a', 'x-n': '1, 2' }],
    ['OPTIONS /post', { 'access-control-allow-methods': 'GET, POST, HEAD, PUT, DELETE, PATCH, OPTIONS' }],
    ['GET /delay/500ms', { 'server-timing': 'initial_delay;dur=500.00;desc="initial delay"' }],
  ])('%s', async (line, headers) => expect((await send(line)).headers).toMatchObject(headers));

  it('never lets the query frame the answer', async () => {
    const { headers } = await send('GET /response-headers?Content-Length=1&Transfer-Encoding=chunked');
    expect(Object.keys(headers)).not.toContain('content-length');
    expect(Object.keys(headers)).not.toContain('transfer-encoding');
  });
});

describe('basic-auth', () => {
  const basic = (text: string) => `Basic ${btoa(text)}`;
  it.each([
    ['right', basic('me:pa:ss'), 200],
    ['wrong password', basic('me:pa'), 401],
    ['another scheme', `Bearer ${btoa('me:pa:ss')}`, 401],
    ['not base64', 'Basic ***', 401],
    ['none', '', 401],
  ])('%s: %i', async (_, authorization, status) => {
    const answer = await send('GET /basic-auth/me/pa:ss', { headers: { authorization } });
    expect([answer.status, JSON.parse(answer.text).authorized]).toEqual([status, status === 200]);
  });
});

describe('bodies', () => {
  it.each([
    ['1.5', 1500],
    ['0', 0],
    ['10', 10_000],
    ['1s500ms', 1500],
  ])('/delay/%s sleeps %i ms', async (text, ms) => {
    const ctx = fakeContext();
    expect((await serve(httpbin, 8080, ctx)(`GET /delay/${text}`)).status).toBe(200);
    expect(ctx.slept).toEqual([ms]);
  });

  it('drips', async () => {
    const ctx = fakeContext();
    const answer = await serve(httpbin, 8080, ctx)('GET /drip?duration=1&delay=2&numbytes=5&code=202');
    expect([answer.status, answer.headers['content-length'], answer.text]).toEqual([202, '5', '*****']);
    expect(ctx.slept).toEqual([2000, 250, 250, 250, 250]);
  });

  it('streams lines', async () => {
    const ids = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).id);
    expect(ids((await send('GET /stream/3')).text)).toEqual([0, 1, 2]);
    expect(ids((await send('GET /stream/1000')).text)).toHaveLength(100);
  });

  it('makes bytes, the same for the same seed', async () => {
    const [a, b, c] = [
      await send('GET /bytes/64?seed=1'),
      await send('GET /bytes/64?seed=1'),
      await send('GET /bytes/64?seed=2'),
    ];
    expect([a.text.length, a.text === b.text, a.text === c.text]).toEqual([64, true, false]);
    expect((await send('GET /bytes/0')).text).toBe('');
  });

  it('compresses', async () => {
    const { headers, body } = await send('GET /gzip');
    expect(headers['content-encoding']).toBe('gzip');
    const data = JSON.parse(gunzipSync(body as Uint8Array).toString());
    expect(data).toMatchObject({ gzipped: true, method: 'GET' });
  });

  it.each([0, 1, 65_535, 65_536, 200_000])('gzip of %i bytes is read back by zlib', (n) => {
    const data = Uint8Array.from({ length: n }, (_, i) => (i * 31) & 0xff);
    expect(new Uint8Array(gunzipSync(gzip(data)))).toEqual(data);
  });

  it('makes UUIDs of version 4', async () => {
    expect((await jsonOf('GET /uuid')).uuid).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it('has a JSON document', async () => expect(await jsonOf('GET /json')).toBeTypeOf('object'));

  it('listens on PORT', () => {
    expect(Object.keys(httpbin.ports(fakeContext({ env: { PORT: '80' } })))).toEqual(['80']);
  });
});
