import { describe, expect, it } from 'vitest';
import type { AppResponse } from '../mesh-sim.ts';
import { type MiniOptions, mini, status } from '../testing/mini.ts';

const never = () => new Promise<never>(() => undefined);
const crash = () => {
  throw new Error('crash');
};
const answer = (response: AppResponse) => () => response;
const istioDefault = 'connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes';
const grpc = { 'content-type': 'application/grpc' };

/** One app that always fails in one way; requests it saw with 3 retries. */
const cases: [string, MiniOptions['apps'] & {}, object, number][] = [
  ['5xx on 500', [status(500)], { retryOn: '5xx' }, 4],
  ['5xx on 404', [status(404)], { retryOn: '5xx' }, 1],
  ['5xx on a reset', [crash], { retryOn: '5xx' }, 4],
  ['gateway-error on 500', [status(500)], { retryOn: 'gateway-error' }, 1],
  ['gateway-error on 502', [status(502)], { retryOn: 'gateway-error' }, 4],
  ['gateway-error on 504', [status(504)], { retryOn: 'gateway-error' }, 4],
  ['gateway-error on a reset', [crash], { retryOn: 'gateway-error' }, 4],
  ['reset on a reset', [crash], { retryOn: 'reset' }, 4],
  ['reset on 503', [status(503)], { retryOn: 'reset' }, 1],
  ['reset-before-request on a reset after it', [crash], { retryOn: 'reset-before-request' }, 1],
  ['connect-failure on a reset', [crash], { retryOn: 'connect-failure' }, 1],
  ['retriable-4xx on 409', [status(409)], { retryOn: 'retriable-4xx' }, 4],
  ['retriable-4xx on 429', [status(429)], { retryOn: 'retriable-4xx' }, 1],
  ['codes that are named', [status(429)], { retryOn: 'retriable-status-codes', retriableStatusCodes: [429] }, 4],
  ['codes that are not', [status(429)], { retryOn: 'retriable-status-codes' }, 1],
  [
    'retriable-headers',
    [answer({ status: 200, headers: { 'x-again': '1' } })],
    { retryOn: 'retriable-headers', retriableHeaders: [{ name: 'x-again' }] },
    4,
  ],
  [
    'gRPC unavailable',
    [answer({ status: 200, headers: { ...grpc, 'grpc-status': '14' } })],
    { retryOn: 'unavailable' },
    4,
  ],
  [
    'gRPC internal is not unavailable',
    [answer({ status: 200, headers: { ...grpc, 'grpc-status': '13' } })],
    { retryOn: 'unavailable' },
    1,
  ],
  ['per-try timeout with the default list: finding 0.6-1', [never], { retryOn: istioDefault, perTryTimeout: '1s' }, 1],
  ['per-try timeout with 5xx', [never], { retryOn: '5xx', perTryTimeout: '1s' }, 4],
  ['per-try timeout with gateway-error', [never], { retryOn: 'gateway-error', perTryTimeout: '1s' }, 4],
  ['per-try timeout with reset', [never], { retryOn: 'reset', perTryTimeout: '1s' }, 4],
  ['an app 503 with the default list: finding 0.6-2', [status(503)], { retryOn: istioDefault }, 1],
  ['overloaded upstream', [answer({ status: 503, headers: { 'x-envoy-overloaded': 'true' } })], { retryOn: '5xx' }, 4],
  [
    'rate limited upstream',
    [answer({ status: 503, headers: { 'x-envoy-ratelimited': 'true' } })],
    { retryOn: '5xx' },
    1,
  ],
  ['no retry policy', [status(503)], {}, 1],
];

const routes = (retryPolicy: object, more: object = {}) => [
  {
    match: { prefix: '/' },
    route: { cluster: 'c', timeout: '0s', retryPolicy: { numRetries: 3, ...retryPolicy }, ...more },
  },
];

describe('retries', () => {
  it.each(cases)('%s', async (_, apps, policy, requests) => {
    const m = mini({ apps, routes: routes(policy) });
    await m.ask({});
    expect(m.seen[0]?.length).toBe(requests);
    expect(m.seen[0]?.map((r) => r.headers['x-envoy-attempt-count'])).toEqual(
      Array.from({ length: requests }, (_, i) => String(i + 1)),
    );
  });

  it('used up: URX and what came last', async () => {
    const [seen] = await mini({ apps: [status(503)], routes: routes({ retryOn: '5xx' }) }).ask({});
    expect([seen?.status, seen?.flags, seen?.details]).toEqual([503, 'URX', 'via_upstream']);
  });

  it('refused connections: URX,UF after 3 attempts', async () => {
    const m = mini({
      endpoints: [{ endpoint: { address: { socketAddress: { address: '10.0.1.9', portValue: 1 } } } }],
      routes: routes({ retryOn: istioDefault, numRetries: 2 }),
    });
    const [seen] = await m.ask({});
    expect([seen?.status, seen?.flags, seen?.body]).toEqual([
      503,
      'URX,UF',
      'upstream connect error or disconnect/reset before headers. retried and the latest reset reason: remote connection failure',
    ]);
    expect(m.sim.admin('client').stats('[.]c[.].*(cx_connect_fail|rq_retry$|retry_limit)')).toEqual(
      new Map([
        ['cluster.c.upstream_cx_connect_fail', 3],
        ['cluster.c.upstream_rq_retry', 2],
        ['cluster.c.upstream_rq_retry_limit_exceeded', 1],
      ]),
    );
  });

  it('per-try timeouts used up: URX,UT after tries and back-off', async () => {
    const [seen] = await mini({ apps: [never], routes: routes({ retryOn: '5xx', perTryTimeout: '1s' }) }).ask({});
    expect([seen?.status, seen?.flags, seen?.details]).toEqual([504, 'URX,UT', 'upstream_per_try_timeout']);
    // Four tries of 1 s, waits below 25, 50 and 100 ms.
    expect(seen?.latencyMs).toBeGreaterThanOrEqual(4000);
    expect(seen?.latencyMs).toBeLessThan(4175);
  });

  it('the whole timeout wins over retries', async () => {
    const m = mini({ apps: [never], routes: routes({ retryOn: '5xx', perTryTimeout: '1s' }, { timeout: '2.5s' }) });
    const [seen] = await m.ask({});
    expect([seen?.flags, seen?.details, seen?.latencyMs, m.seen[0]?.length]).toEqual([
      'UT',
      'response_timeout',
      2500,
      3,
    ]);
  });

  it('goes to another host when told to avoid the last', async () => {
    const avoid = {
      retryHostPredicate: [{ name: 'envoy.retry_host_predicates.previous_hosts' }],
      hostSelectionRetryMaxAttempts: '20',
    };
    const m = mini({
      apps: [status(503), () => ({ status: 200 })],
      routes: routes({ retryOn: '5xx', numRetries: 1, ...avoid }),
    });
    const seen = await m.inTurn(100);
    expect(seen.filter((o) => o.status !== 200)).toEqual([]);
    expect(m.seen[1]?.length).toBe(100);
  });

  it('is limited by maxRetries: UO', async () => {
    const m = mini({
      apps: [status(503)],
      routes: routes({ retryOn: '5xx', numRetries: 1 }),
      cluster: { circuitBreakers: { thresholds: [{ maxRetries: 1 }] } },
    });
    const seen = await m.ask({}, {});
    expect(seen.map((o) => o.flags)).toEqual(['URX', 'UO']);
  });

  it('is limited by a budget', async () => {
    const retryBudget = { budgetPercent: { value: 50 }, minRetryConcurrency: 1 };
    const m = mini({
      apps: [status(503)],
      routes: routes({ retryOn: '5xx', numRetries: 1 }),
      cluster: { circuitBreakers: { thresholds: [{ retryBudget }] } },
    });
    expect((await m.ask({}, {})).map((o) => o.flags)).toEqual(['URX', 'UO']);
  });

  it('waits longer each time, at most ten times the base', async () => {
    const m = mini({
      apps: [status(503)],
      routes: routes({ retryOn: '5xx', numRetries: 200, retryBackOff: { baseInterval: '0.1s', maxInterval: '0.3s' } }),
    });
    const [seen] = await m.ask({});
    // Mean of about 198 waits uniform in 0..300 ms; 5 standard deviations.
    expect(Math.abs((seen?.latencyMs ?? 0) - 198 * 150)).toBeLessThan(5 * Math.sqrt(198) * 87 + 200);
  });
});
