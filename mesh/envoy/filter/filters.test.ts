import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import { type Ask, contextOf, streamOf, type TestContext } from '../match/testing/stream.ts';
import type { CompiledRoute, FilterResult, HttpFilter, LocalReply, Stream } from '../types.ts';
import { httpFilters } from './registry.ts';

const short: { [name: string]: string } = {
  fault: 'envoy.extensions.filters.http.fault.v3.HTTPFault',
  cors: 'envoy.extensions.filters.http.cors.v3.Cors',
  limit: 'envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit',
};

function make(name: string, config: JsonObject, context = contextOf()) {
  const factory = httpFilters.get(short[name] ?? '');
  if (!factory) throw new Error(name);
  const setting = { name, statPrefix: 'http.t.', context, pointer: '/f' };
  const perRoute = (of: JsonObject) => factory.compilePerRoute?.(of, setting);
  return { filter: factory.compile(config, setting), perRoute, context };
}

const all = { numerator: 100 };
const reply = (result: FilterResult | undefined) => result as LocalReply | undefined;
const values = (context: TestContext) =>
  Object.fromEntries(Object.entries(context.counters).flatMap(([name, { value }]) => (value ? [[name, value]] : [])));

// Measured on Envoy 1.40.
describe('fault', () => {
  const abort = { httpStatus: 503, percentage: all };
  const delay = { fixedDelay: '0.1s', percentage: all };
  it.each<[string, JsonObject, Ask, (number | string | undefined)[]]>([
    ['abort', { abort }, {}, [503, undefined, 'FI', undefined]],
    ['gRPC status', { abort: { grpcStatus: 14, percentage: all } }, {}, [200, 14, 'FI', undefined]],
    ['delay', { delay }, {}, [undefined, undefined, undefined, 100]],
    ['delay, then abort', { delay, abort }, {}, [503, undefined, 'FI', 100]],
    ['never', { abort: { httpStatus: 503 } }, {}, [undefined, undefined, undefined, undefined]],
    [
      'by headers',
      { delay: { headerDelay: {}, percentage: all }, abort: { headerAbort: {}, percentage: all } },
      {
        headers: [
          ['x-envoy-fault-abort-request', '418'],
          ['x-envoy-fault-delay-request', '50'],
        ],
      },
      [418, undefined, 'FI', 50],
    ],
    [
      'headers absent',
      { abort: { headerAbort: {}, percentage: all } },
      {},
      [undefined, undefined, undefined, undefined],
    ],
    [
      'matching',
      { abort, headers: [{ name: 'u', stringMatch: { exact: 'a' } }] },
      { headers: [['u', 'a']] },
      [503, undefined, 'FI', undefined],
    ],
    [
      'not matching',
      { abort, headers: [{ name: 'u', stringMatch: { exact: 'a' } }] },
      {},
      [undefined, undefined, undefined, undefined],
    ],
  ])('%s', (_, config, ask, expected) => {
    for (const { filter, perRoute } of [make('fault', config), make('fault', {})]) {
      const stream = streamOf(ask);
      const first = filter.decode?.(stream, perRoute(config));
      const wait = first && 'kind' in first && first.kind === 'delay' ? first : undefined;
      const last = reply(wait ? wait.next?.() : first);
      expect([last?.status, last?.grpcStatus, last?.flag, wait?.milliseconds]).toEqual(expected);
      expect(stream.info.flags).toEqual(wait ? ['DI'] : []);
    }
  });

  it('draws the percentage', () => {
    const { filter } = make('fault', {
      abort: { httpStatus: 500, percentage: { numerator: 250_000, denominator: 'MILLION' } },
    });
    const hits = Array.from({ length: 4000 }, () => filter.decode?.(streamOf({}), undefined)).filter(Boolean).length;
    expect(hits).toBeGreaterThan(850);
    expect(hits).toBeLessThan(1150);
  });

  it('stops at its limit of active faults', () => {
    const { filter, context } = make('fault', { abort, maxActiveFaults: 1 });
    const stream = streamOf({});
    expect(reply(filter.decode?.(stream, undefined))?.status).toBe(503);
    expect(filter.decode?.(streamOf({}), undefined)).toBeUndefined();
    filter.complete?.(stream);
    expect(reply(filter.decode?.(streamOf({}), undefined))?.status).toBe(503);
    expect(values(context)).toEqual({
      'http.t.fault.aborts_injected': 2,
      'http.t.fault.active_faults': 1,
      'http.t.fault.faults_overflow': 1,
    });
  });
});

describe('CORS', () => {
  const policy: JsonObject = {
    allowOriginStringMatch: [{ exact: 'https://a' }, { prefix: 'https://dev' }],
    allowMethods: 'GET,POST',
    allowHeaders: '*',
    exposeHeaders: 'x-cache',
    maxAge: '60',
    allowCredentials: true,
  };
  const preflight = (origin: string): Ask => ({
    method: 'OPTIONS',
    headers: [
      ['origin', origin],
      ['access-control-request-method', 'PUT'],
      ['access-control-request-headers', 'x-h'],
    ],
  });
  const routed = (ask: Ask): Stream => {
    const stream = streamOf(ask);
    stream.route = { action: { kind: 'route' } } as CompiledRoute;
    return stream;
  };
  const run = (of: JsonObject, stream: Stream) => {
    const { filter, perRoute } = make('cors', {});
    return { answer: reply(filter.decode?.(stream, perRoute(of))), filter, perRoute: perRoute(of) };
  };

  // cors_filter.cc, decodeHeaders.
  it('answers a preflight', () => {
    const { answer } = run(policy, routed(preflight('https://dev.x')));
    expect([answer?.status, answer?.details, answer?.headers]).toEqual([
      200,
      'cors_response',
      [
        ['access-control-allow-origin', 'https://dev.x'],
        ['access-control-allow-credentials', 'true'],
        ['access-control-allow-methods', 'GET,POST'],
        ['access-control-allow-headers', 'x-h'],
        ['access-control-max-age', '60'],
      ],
    ]);
  });

  it.each<[string, JsonObject, Stream, number | undefined]>([
    ['another origin goes on', policy, routed(preflight('https://b')), undefined],
    [
      'another origin, not forwarded',
      { ...policy, forwardNotMatchingPreflights: false },
      routed(preflight('https://b')),
      200,
    ],
    ['no preflight', policy, routed({ headers: [['origin', 'https://a']] }), undefined],
    [
      'switched off',
      { ...policy, filterEnabled: { defaultValue: { numerator: 0 } } },
      routed(preflight('https://a')),
      undefined,
    ],
    ['not routed', policy, streamOf(preflight('https://a')), undefined],
  ])('%s', (_, of, stream, status) => expect(run(of, stream).answer?.status).toBe(status));

  it.each([
    ['https://a', 'https://a', 'true', 'x-cache'],
    ['https://b', undefined, undefined, undefined],
  ])('marks the response to %s', (origin, ...expected) => {
    const stream = routed({ headers: [['origin', origin]], response: [] });
    const { filter, perRoute } = run(policy, stream);
    filter.encode?.(stream, perRoute);
    expect(
      ['origin', 'credentials']
        .map((n) => stream.response?.headers.get(`access-control-allow-${n}`))
        .concat(stream.response?.headers.get('access-control-expose-headers')),
    ).toEqual(expected);
  });
});

// Measured on Envoy 1.40: continuous filling, headers, counters.
describe('local rate limit', () => {
  const on = { defaultValue: all };
  const config: JsonObject = {
    statPrefix: 'rl',
    tokenBucket: { maxTokens: 2, tokensPerFill: 2, fillInterval: '1s' },
    filterEnabled: on,
    filterEnforced: on,
    enableXRatelimitHeaders: 'DRAFT_VERSION_03',
    responseHeadersToAdd: [{ header: { key: 'x-l', value: 'y' } }],
  };
  function ask(filter: HttpFilter): (string | number | undefined)[] {
    const stream = streamOf({ response: [] });
    const answer = reply(filter.decode?.(stream, undefined));
    filter.encode?.(stream, undefined);
    const { headers } = stream.response ?? {};
    const names = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'x-l'];
    return [answer?.status ?? 200, answer?.flag, ...names.map((name) => headers?.get(name))];
  }

  it('takes a token each and fills as time goes', () => {
    const { filter, context } = make('limit', config);
    expect(ask(filter)).toEqual([200, undefined, '2', '1', '0', undefined]);
    expect(ask(filter)).toEqual([200, undefined, '2', '0', '1', undefined]);
    expect(ask(filter)).toEqual([429, 'RL', '2', '0', '1', 'y']);
    context.time = 600;
    expect(ask(filter)).toEqual([200, undefined, '2', '0', '1', undefined]);
    expect(ask(filter)).toEqual([429, 'RL', '2', '0', '1', 'y']);
    const prefix = 'rl.http_local_rate_limit.';
    expect(values(context)).toEqual({
      [`${prefix}enabled`]: 5,
      [`${prefix}ok`]: 3,
      [`${prefix}rate_limited`]: 2,
      [`${prefix}enforced`]: 2,
    });
  });

  it('is off unless enabled, and only counts unless enforced', () => {
    const bucket = { statPrefix: 'rl', tokenBucket: { maxTokens: 1, fillInterval: '60s' } };
    const off = make('limit', bucket);
    const counting = make('limit', {
      ...bucket,
      filterEnabled: on,
      requestHeadersToAddWhenNotEnforced: [{ header: { key: 'x-n', value: 'y' } }],
    });
    const seen = [off, counting].flatMap(({ filter }) =>
      [1, 2].map(() => {
        const stream = streamOf({});
        return [filter.decode?.(stream, undefined), stream.request.headers.get('x-n')];
      }),
    );
    expect(seen).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      [undefined, undefined],
      [undefined, 'y'],
    ]);
  });

  it('reads a TypedStruct in snake_case, as EnvoyFilters bring it', () => {
    const value = {
      stat_prefix: 'rl',
      token_bucket: { max_tokens: 1, fill_interval: '60s' },
      filter_enabled: { default_value: all },
      filter_enforced: { default_value: all },
      status: { code: 503 },
    };
    const { filter } = make('limit', { '@type': 'type.googleapis.com/udpa.type.v1.TypedStruct', value });
    expect([ask(filter)[0], ask(filter)[0]]).toEqual([200, 503]);
  });
});
