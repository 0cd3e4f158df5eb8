import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import { type MiniOptions, mini, ok } from '../testing/mini.ts';

const route = (action: object) => [{ match: { prefix: '/' }, route: { cluster: 'c', timeout: '0s', ...action } }];
const never = () => new Promise<never>(() => undefined);
/** Answers the n-th request after so many milliseconds with that status. */
const inTurn = (...answers: [ms: number, status: number][]) => {
  let n = 0;
  return async (_: unknown, sleep: (ms: number) => Promise<void>) => {
    const [ms, status] = answers[Math.min(n++, answers.length - 1)] ?? [0, 200];
    await sleep(ms);
    return { status, body: `after ${ms}` };
  };
};
async function* dripping(gaps: number[], sleep: (ms: number) => Promise<void>): AsyncIterable<Uint8Array> {
  for (const gap of gaps) {
    await sleep(gap);
    yield new TextEncoder().encode('x');
  }
}

// Rules: envoy source/common/router/router.cc, onPerTryIdleTimeout, onSoftPerTryTimeout, onUpstreamHeaders.
const cases: [string, MiniOptions, (string | number | undefined)[]][] = [
  [
    'per-try idle timeout before the answer',
    { apps: [never], routes: route({ retryPolicy: { retryOn: '5xx', numRetries: 0, perTryIdleTimeout: '1s' } }) },
    [504, 'upstream request timeout', 'URX,UT', 'upstream_per_try_idle_timeout', 1000, 1],
  ],
  [
    'per-try idle timeout is retried',
    {
      apps: [inTurn([5000, 200], [0, 200])],
      routes: route({
        retryPolicy: { retryOn: '5xx', perTryIdleTimeout: '1s', retryBackOff: { baseInterval: '0.001s' } },
      }),
    },
    [200, 'after 0', undefined, undefined, 1000, 2],
  ],
  [
    'an answer that keeps coming is not idle',
    {
      apps: [(_, sleep) => ({ status: 200, body: dripping([600, 600, 600], sleep) })],
      routes: route({ retryPolicy: { retryOn: '5xx', perTryIdleTimeout: '1s' } }),
    },
    [200, 'xxx', undefined, undefined, 1800, 1],
  ],
  [
    'hedging: the second attempt answers first',
    {
      apps: [inTurn([5000, 200], [100, 200])],
      routes: route({
        hedgePolicy: { hedgeOnPerTryTimeout: true },
        retryPolicy: { retryOn: '5xx', perTryTimeout: '1s', retryBackOff: { baseInterval: '0.001s' } },
      }),
    },
    [200, 'after 100', undefined, undefined, 1100, 2],
  ],
  [
    'hedging: the first attempt answers after all',
    {
      apps: [inTurn([1200, 200], [9000, 200])],
      routes: route({
        hedgePolicy: { hedgeOnPerTryTimeout: true },
        retryPolicy: { retryOn: '5xx', perTryTimeout: '1s', retryBackOff: { baseInterval: '0.001s' } },
      }),
    },
    [200, 'after 1200', undefined, undefined, 1200, 2],
  ],
  [
    'hedging: a bad answer waits for the other attempt',
    {
      apps: [inTurn([1200, 503], [500, 200])],
      routes: route({
        hedgePolicy: { hedgeOnPerTryTimeout: true },
        retryPolicy: { retryOn: '5xx', perTryTimeout: '1s', retryBackOff: { baseInterval: '0.001s' } },
      }),
    },
    [200, 'after 500', undefined, undefined, 1500, 2],
  ],
  [
    'hedging: both are bad',
    {
      apps: [inTurn([1200, 503], [500, 500])],
      routes: route({
        hedgePolicy: { hedgeOnPerTryTimeout: true },
        retryPolicy: { retryOn: '5xx', perTryTimeout: '1s', retryBackOff: { baseInterval: '0.001s' } },
      }),
    },
    [500, 'after 500', 'URX', 'via_upstream', 1500, 2],
  ],
];

describe('attempts', () => {
  it.each(cases)('%s', async (_, options, expected) => {
    const m = mini(options);
    const [seen] = await m.ask({});
    const asked = m.seen.reduce((n, requests) => n + requests.length, 0);
    expect([seen?.status, seen?.body, seen?.flags, seen?.details, seen?.latencyMs, asked]).toEqual(expected);
    expect(m.sim.admin('client').stats('cluster[.]c[.]upstream_rq_active')).toEqual(
      new Map([['cluster.c.upstream_rq_active', 0]]),
    );
  });
});

const location = (to: string, status = 302) => ({ status, headers: { location: to } });
const following = (policy: JsonObject): JsonObject[] => [
  { match: { prefix: '/else' }, route: { cluster: 'c' } },
  { match: { prefix: '/' }, route: { cluster: 'c', internalRedirectPolicy: policy } },
];

// Rules: convertRequestHeadersForInternalRedirect, and docs: http_connection_management, "Internal redirects".
describe('internal redirects', () => {
  it.each<[string, JsonObject, string, [number | undefined, string[]]]>([
    ['are followed', {}, 'http://svc/else?x=1', [200, ['/a', '/else?x=1']]],
    ['not to a relative location', {}, '/else', [302, ['/a']]],
    ['not across schemes', {}, 'https://svc/else', [302, ['/a']]],
    ['across schemes where allowed', { allowCrossSchemeRedirect: true }, 'https://svc/else', [200, ['/a', '/else']]],
    ['not for other codes', { redirectResponseCodes: [307] }, 'http://svc/else', [302, ['/a']]],
    ['not without end', { maxInternalRedirects: 3 }, 'http://svc/a', [302, ['/a', '/a', '/a', '/a']]],
  ])('%s', async (_, policy, to, [status, paths]) => {
    const app = ({ path }: { path: string }) => (path.startsWith('/else') ? ok() : location(to));
    const m = mini({ apps: [app], routes: following(policy) });
    const [seen] = await m.ask({ url: 'http://svc/a' });
    expect([seen?.status, m.seen[0]?.map((r) => r.path)]).toEqual([status, paths]);
  });

  it('tell where the request was meant to go, and make a GET of a 303', async () => {
    const app = ({ path }: { path: string }) => (path === '/else' ? ok() : location('http://other/else', 303));
    const m = mini({ apps: [app], routes: following({ redirectResponseCodes: [303] }) });
    await m.ask({ url: 'http://svc/a', method: 'POST', body: 'x' });
    expect(m.seen[0]?.[1]).toMatchObject({
      method: 'GET',
      body: new Uint8Array(0),
      headers: { host: 'other', 'x-envoy-original-url': 'http://svc/a' },
    });
  });
});
