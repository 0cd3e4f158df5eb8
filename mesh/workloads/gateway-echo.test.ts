import { describe, expect, it } from 'vitest';
import { fakeContext, serve } from '../../test/support/workload-context.ts';
import { gatewayEcho } from './gateway-echo.ts';

describe('the echo of the Gateway API', () => {
  it('tells what it received, and who it is', async () => {
    const { status, text } = await serve(gatewayEcho, 3000)('POST /a?b=1', { headers: { 'x-team': 'a' } });
    expect([status, JSON.parse(text)]).toEqual([
      200,
      {
        ...{ path: '/a?b=1', host: 'app', method: 'POST', headers: { Host: ['app'], 'X-Team': ['a'] } },
        ...{ namespace: 'shop', pod: 'app-v1-7d9c4b-x2x7q' },
      },
    ]);
  });

  it('answers with the headers that are asked for', async () => {
    const { headers } = await serve(gatewayEcho, 3001)('GET /', {
      headers: { 'x-echo-set-header': 'X-A:1, X-B:b, x-a:2' },
    });
    expect(headers).toMatchObject({ 'x-a': '1,2', 'x-b': 'b' });
  });

  it.each([
    ['GET /status/503', 503],
    ['GET /status/99', 200],
    ['GET /other', 200],
  ])('%s: %i', async (line, status) => expect((await serve(gatewayEcho, 3000)(line)).status).toBe(status));

  it('fails as often as asked, each uuid apart', async () => {
    const send = serve(gatewayEcho, 3000);
    const tried = async (uuid: string) => (await send(`GET /?responseCode=502&succeedAfter=1&uuid=${uuid}`)).status;
    expect([await tried('a'), await tried('b'), await tried('a')]).toEqual([502, 502, 200]);
  });

  it('is late when asked, and logs the path before', async () => {
    const lines: string[] = [];
    const ctx = fakeContext({ log: (line) => lines.push(line) });
    await serve(gatewayEcho, 3000, ctx)('GET /?delay=1500ms');
    expect([ctx.slept, lines]).toEqual([[1500], ['Echoing back request made to /?delay=1500ms']]);
  });
});
