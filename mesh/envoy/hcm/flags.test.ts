import { describe, expect, it } from 'vitest';
import { type MiniOptions, mini, ok, status } from '../testing/mini.ts';

const route = (action: object, more: object = {}) => [
  { match: { prefix: '/' }, route: { cluster: 'c', timeout: '0s', ...action }, ...more },
];
const never = () => new Promise<never>(() => undefined);
const slow = (ms: number) => async (_: unknown, sleep: (ms: number) => Promise<void>) => {
  await sleep(ms);
  return { status: 200, body: 'late' };
};
const crash = () => {
  throw new Error('crash');
};
const retry = (retryOn: string, more: object = {}) => ({ retryPolicy: { retryOn, numRetries: 2, ...more } });
const reset = 'upstream connect error or disconnect/reset before headers. ';

/** Status, body, flags, details, virtual milliseconds. Facts: curriculum 0.5 and 0.6, and the sources named in the code. */
const cases: [string, MiniOptions, (string | number | undefined)[]][] = [
  [
    'no route',
    { routes: [{ match: { prefix: '/x' }, route: { cluster: 'c' } }] },
    [404, '', 'NR', 'route_not_found', 0],
  ],
  ['no such cluster', { routes: route({ cluster: 'gone' }) }, [503, '', 'NC', 'cluster_not_found', 0]],
  ['no endpoint', {}, [503, 'no healthy upstream', 'UH', 'no_healthy_upstream', 0]],
  [
    'connection refused',
    { endpoints: [{ endpoint: { address: { socketAddress: { address: '10.0.1.9', portValue: 1 } } } }] },
    [
      503,
      `${reset}reset reason: remote connection failure`,
      'UF',
      'upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}',
      0,
    ],
  ],
  [
    'nobody answers the connection',
    {
      nowhere: 'timeout',
      endpoints: [{ endpoint: { address: { socketAddress: { address: '10.0.1.9', portValue: 1 } } } }],
    },
    [
      503,
      `${reset}reset reason: connection timeout`,
      'UF',
      'upstream_reset_before_response_started{connection_timeout}',
      1000,
    ],
  ],
  [
    'the app closes without an answer',
    { apps: [crash] },
    [
      503,
      `${reset}reset reason: connection termination`,
      'UC',
      'upstream_reset_before_response_started{connection_termination}',
      0,
    ],
  ],
  [
    'route timeout',
    { apps: [never], routes: route({ timeout: '0.3s' }) },
    [504, 'upstream request timeout', 'UT', 'response_timeout', 300],
  ],
  [
    'default route timeout of 15 s',
    { apps: [never], routes: [{ match: { prefix: '/' }, route: { cluster: 'c' } }] },
    [504, 'upstream request timeout', 'UT', 'response_timeout', 15_000],
  ],
  ['slower than nothing', { apps: [slow(6000)] }, [200, 'late', undefined, undefined, 6000]],
  ['stream idle timeout', { apps: [never] }, [504, 'stream timeout', 'SI', 'stream_idle_timeout', 300_000]],
  [
    'route idle timeout',
    { apps: [never], routes: route({ idleTimeout: '2s' }) },
    [504, 'stream timeout', 'SI', 'stream_idle_timeout', 2000],
  ],
  [
    'max stream duration',
    { apps: [never], routes: route({ maxStreamDuration: { maxStreamDuration: '3s' } }) },
    [504, 'downstream duration timeout', undefined, 'max_duration_timeout', 3000],
  ],
  [
    'an app 503 with default retries',
    {
      apps: [status(503)],
      routes: route(retry('connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes')),
    },
    [503, '', undefined, undefined, 0],
  ],
  [
    'direct response',
    { routes: [{ match: { prefix: '/' }, directResponse: { status: 418, body: { inlineString: 'tea' } } }] },
    [418, 'tea', '', 'direct_response', 0],
  ],
];

describe('answers of the proxy itself', () => {
  it.each(cases)('%s', async (_, options, [code, body, flags, details, latency]) => {
    const [seen] = await mini(options).ask({});
    expect([
      seen?.status,
      seen?.body,
      seen?.flags ?? (flags === '' ? '' : undefined),
      seen?.details,
      seen?.latencyMs,
    ]).toEqual([code, body, flags, details, latency]);
  });

  it('an empty Host is a host: the virtual host of all takes it', async () => {
    const [seen] = await mini({ apps: [ok] }).ask({ headers: { host: '' } });
    expect(seen?.status).toBe(200);
  });

  it('UO: beyond maxRequests, with x-envoy-overloaded', async () => {
    const limits = { circuitBreakers: { thresholds: [{ maxConnections: 1, maxPendingRequests: 1 }] } };
    const m = mini({ apps: [slow(100)], cluster: limits });
    const seen = await m.ask({}, {}, {});
    expect(seen.map((o) => [o.status, o.flags, o.latencyMs])).toEqual([
      [200, undefined, 100],
      [200, undefined, 200],
      [503, 'UO', 0],
    ]);
    expect(seen[2]?.headers['x-envoy-overloaded']).toBe('true');
    expect(seen[2]?.body).toBe(`${reset}reset reason: overflow`);
    expect(m.sim.admin('client').stats('cluster[.]c[.].*pending_overflow')).toEqual(
      new Map([['cluster.c.upstream_rq_pending_overflow', 1]]),
    );
  });

  it('UO: http2MaxRequests counts HTTP/1.1 too', async () => {
    const limits = { circuitBreakers: { thresholds: [{ maxRequests: 2 }] } };
    const seen = await mini({ apps: [slow(100)], cluster: limits }).ask({}, {}, {});
    expect(seen.map((o) => o.flags)).toEqual([undefined, undefined, 'UO']);
  });

  it('DC: the client gives up; the app is not asked again', async () => {
    const m = mini({ apps: [never], routes: route(retry('5xx')) });
    const [seen] = await m.ask({ timeoutMs: 500 });
    expect([seen?.error?.code, seen?.latencyMs, m.seen[0]?.length]).toEqual(['ETIMEDOUT', 500, 1]);
    expect(m.sim.admin('client').stats('cluster[.]c[.]upstream_rq_active')).toEqual(
      new Map([['cluster.c.upstream_rq_active', 0]]),
    );
  });

  it('the app sees what Envoy adds', async () => {
    const m = mini({ apps: [ok] });
    await m.ask({ url: 'http://svc/a?b=c', headers: { 'X-Own': '1', connection: 'keep-alive' } });
    expect(m.seen[0]?.[0]).toMatchObject({
      method: 'GET',
      path: '/a?b=c',
      headers: {
        host: 'svc',
        'x-own': '1',
        'x-forwarded-proto': 'http',
        'x-envoy-attempt-count': '1',
        'x-request-id': expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      },
    });
    expect(m.seen[0]?.[0]?.headers.connection).toBeUndefined();
  });
});

// Measured with Envoy 1.40: none of these were honoured or passed on, with or without a private x-forwarded-for.
describe('what only internal requests may ask', () => {
  const asked = {
    'x-envoy-retry-on': '5xx',
    'x-envoy-max-retries': '3',
    'x-envoy-internal': 'true',
    'x-envoy-expected-rq-timeout-ms': '7',
  };
  const xff = { 'x-forwarded-for': '10.0.0.1' };
  const internal = { internalAddressConfig: { cidrRanges: [{ addressPrefix: '10.0.0.0', prefixLen: 8 }] } };
  it.each<[string, object, MiniOptions['manager'] & {}, number]>([
    ['a stranger', asked, {}, 1],
    ['a private address', { ...asked, ...xff }, {}, 1],
    ['who is configured', { ...asked, ...xff }, internal, 4],
    ['two addresses', { ...asked, 'x-forwarded-for': '10.0.0.1, 10.0.0.2' }, internal, 1],
  ])('%s', async (_, headers, manager, requests) => {
    const m = mini({ apps: [status(503)], manager });
    await m.ask({ headers: { ...headers } });
    expect(m.seen[0]?.length).toBe(requests);
    const seen = Object.keys(m.seen[0]?.[0]?.headers ?? {}).filter((name) => name.startsWith('x-envoy-'));
    expect(seen.sort()).toEqual([
      'x-envoy-attempt-count',
      ...(requests === 1 ? [] : ['x-envoy-expected-rq-timeout-ms', 'x-envoy-internal']),
    ]);
  });

  it('one random number decides on the fraction and on the weight: the second leg is never taken', async () => {
    const leg = (n: string) => ({
      name: 'c',
      weight: 50,
      requestHeadersToAdd: [{ header: { key: 'x-leg', value: n } }],
    });
    const fraction = { defaultValue: { numerator: 30 } };
    const m = mini({
      apps: [ok],
      routes: [
        {
          match: { prefix: '/', runtimeFraction: fraction },
          route: { weightedClusters: { clusters: [leg('1'), leg('2')] } },
        },
        { match: { prefix: '/' }, route: { cluster: 'c' } },
      ],
    });
    await m.inTurn(400);
    const legs = m.seen[0]?.map((r) => r.headers['x-leg'] ?? 'none') ?? [];
    const count = (leg: string) => legs.filter((l) => l === leg).length;
    expect(count('2')).toBe(0);
    // Exact binomial bounds of 400 at 0.3, 99.9 %.
    expect(Math.abs(count('1') - 120)).toBeLessThanOrEqual(31);
  });
});
