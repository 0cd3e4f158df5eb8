import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import { type Ask, contextOf, streamOf } from '../match/testing/stream.ts';
import type { RouteTable } from '../types.ts';
import { compileRoutePolicy } from './policy.ts';
import { compileRouteConfig } from './route-config.ts';

const table = (config: JsonObject): RouteTable =>
  compileRouteConfig(config, { context: contextOf(), pointer: '/routes/0', policy: compileRoutePolicy });

const host = (domains: string[], ...routes: JsonObject[]): JsonObject => ({ name: domains[0] ?? '', domains, routes });
const to = (name: string, match: JsonObject): JsonObject => ({ name, match, route: { cluster: name } });

describe('virtual host', () => {
  const hosts = ['a.com', '*.a.com', '*-x.a.com', 'b.*', 'b.c.*', '*', '[::1]', 'UP.com:81'].map((d) => host([d]));
  // docs: VirtualHost.domains; order of search as in config_impl.cc, findVirtualHost.
  const rows: [string, string, string][] = [
    ['a.com', 'a.com', 'a.com'],
    ['A.COM', 'a.com', 'a.com'],
    ['z.a.com', '*.a.com', '*.a.com'],
    ['.a.com', '*', '*'],
    ['z-x.a.com', '*-x.a.com', '*-x.a.com'],
    ['b.org', 'b.*', 'b.*'],
    ['b.c.org', 'b.c.*', 'b.c.*'],
    ['b.', '*', '*'],
    ['b.a.com', '*.a.com', '*.a.com'],
    ['a.com:80', '*', 'a.com'],
    ['[::1]:80', '*', '[::1]'],
    ['[::1]', '[::1]', '[::1]'],
    ['up.com:81', 'UP.com:81', '*'],
    ['', '*', '*'],
  ];
  it.each(rows)('%s goes to %s, with ports ignored to %s', (authority, found, ignoring) => {
    const match = (ignorePortInHostMatching: boolean) =>
      table({ virtualHosts: hosts, ignorePortInHostMatching }).match(streamOf({ host: authority })).virtualHost;
    expect([match(false), match(true), match(true)]).toEqual([found, ignoring, ignoring]);
  });

  it('may be none', () => {
    expect(table({ virtualHosts: [host(['a'])] }).match(streamOf({ host: 'b' }))).toMatchObject({
      route: undefined,
      virtualHost: '',
    });
  });

  it.each([
    [['a', 'A'], 'Only unique values for domains are permitted. Duplicate entry of domain a in route r'],
    [['*.a', '*.a'], 'Duplicate entry of domain *.a'],
    [['*', '*'], 'Only a single wildcard domain is permitted in route r'],
  ])('%j twice is refused', (domains, message) =>
    expect(() => table({ name: 'r', virtualHosts: domains.map((d) => host([d])) })).toThrow(message),
  );

  it('forgets hosts beyond a bound', () => {
    const { match } = table({ virtualHosts: [host(['*.a'])] });
    for (let i = 0; i < 3000; i++) expect(match(streamOf({ host: `${i}.a` })).virtualHost).toBe('*.a');
  });
});

// All rows measured on Envoy 1.40: which of these paths each match takes.
describe('paths', () => {
  const paths =
    '/ /a /ab /aB /AB /a?x=1 /ab/c /api /apis /api/ /api/x?y /API/x /v12 /v12?q /v12/ /x/y/w.t /x//z.t /x/y=/.t'.split(
      ' ',
    );
  it.each<[string, JsonObject, string]>([
    ['prefix', { prefix: '/a' }, '/a /ab /aB /a?x=1 /ab/c /api /apis /api/ /api/x?y'],
    ['a prefix with a query', { prefix: '/a?' }, ''],
    ['path', { path: '/a' }, '/a /a?x=1'],
    ['path in any case', { path: '/Ab', caseSensitive: false }, '/ab /aB /AB'],
    ['prefix in any case', { prefix: '/Ab', caseSensitive: false }, '/ab /aB /AB /ab/c'],
    ['separated prefix', { pathSeparatedPrefix: '/api' }, '/api /api/ /api/x?y'],
    ['separated, any case', { pathSeparatedPrefix: '/Api', caseSensitive: false }, '/api /api/ /api/x?y /API/x'],
    ['regex', { safeRegex: { regex: '/v[0-9]+' } }, '/v12 /v12?q'],
    ['template', { pathMatchPolicy: { typedConfig: { pathTemplate: '/x/*/{n=**}.t' } } }, '/x/y/w.t /x/y=/.t'],
    ['connect', { connectMatcher: {} }, ''],
  ])('%s', (_, match, expected) => {
    const { match: find } = table({ virtualHosts: [host(['*'], to('yes', match), to('no', { prefix: '/' }))] });
    expect(paths.filter((path) => find(streamOf({ path })).route?.name === 'yes').join(' ')).toBe(expected);
  });

  it('without a path only CONNECT matches', () => {
    const routes = table({
      virtualHosts: [host(['*'], to('any', { prefix: '/' }), to('connect', { connectMatcher: {} }))],
    });
    const stream = streamOf({ method: 'CONNECT' });
    stream.request.headers.remove(':path');
    expect(routes.match(stream).route?.name).toBe('connect');
  });
});

describe('other conditions', () => {
  const cases: [string, JsonObject, Ask, string | undefined][] = [
    ['header', { headers: [{ name: 'User', stringMatch: { exact: 'a' } }] }, { headers: [['user', 'a']] }, undefined],
    ['header absent', { headers: [{ name: 'user', stringMatch: { exact: 'a' } }] }, {}, 'header user is absent'],
    [
      'header other',
      { headers: [{ name: 'u', stringMatch: { prefix: 'eu-' } }] },
      { headers: [['u', 'us']] },
      'header u is "us", wanted: starts with "eu-"',
    ],
    [
      'method',
      { headers: [{ name: ':method', stringMatch: { exact: 'POST' } }] },
      {},
      'header :method is "GET", wanted: is "POST"',
    ],
    [
      'query',
      { queryParameters: [{ name: 'k', stringMatch: { exact: 'a b' } }] },
      { path: '/?k=a%20b' },
      'query parameter k is "a%20b", wanted: is "a b"',
    ],
    [
      'query first value',
      { queryParameters: [{ name: 'k', stringMatch: { exact: '1' } }] },
      { path: '/?k=1&k=2' },
      undefined,
    ],
    ['query present', { queryParameters: [{ name: 'k' }] }, { path: '/?k' }, undefined],
    ['query not present', { queryParameters: [{ name: 'k', presentMatch: false }] }, { path: '/?K=1' }, undefined],
    [
      'cookie',
      { cookies: [{ name: 's', stringMatch: { exact: '1' } }] },
      { headers: [['cookie', 't=0; s=1']] },
      undefined,
    ],
    ['grpc', { grpc: {} }, { headers: [['content-type', 'application/grpc+proto']] }, undefined],
    ['no grpc', { grpc: {} }, { headers: [['content-type', 'application/grpc-web']] }, 'the request is not gRPC'],
    ['fraction', { runtimeFraction: { defaultValue: { numerator: 10 } } }, { random: 209 }, undefined],
    [
      'not in the fraction',
      { runtimeFraction: { defaultValue: { numerator: 10 } } },
      { random: 210 },
      'not among the 10 of 100 requests that it takes',
    ],
    ['no certificate', { tlsContext: { presented: true } }, {}, 'a client certificate was not presented'],
    [
      'metadata',
      { dynamicMetadata: [{ filter: 'f', path: [{ key: 'a' }], value: { stringMatch: { exact: 'b' } } }] },
      { info: { dynamicMetadata: new Map([['f', { a: 'b' }]]) } },
      undefined,
    ],
  ];
  it.each(cases)('%s', (_, match, ask, reason) => {
    const routes = table({
      virtualHosts: [host(['*'], to('it', { prefix: '/', ...match }), to('rest', { prefix: '' }))],
    });
    const found = routes.match(streamOf(ask));
    expect([found.route?.name, found.rejected.map((r) => r.reason)]).toEqual(
      reason === undefined ? ['it', []] : ['rest', [reason]],
    );
    const quiet = streamOf(ask);
    quiet.trace = undefined;
    expect(routes.match(quiet).rejected).toEqual([]);
  });

  it('TLS may be required', () => {
    const routes = table({ virtualHosts: [{ ...host(['*'], to('a', { prefix: '/' })), requireTls: 'ALL' }] });
    const plain = streamOf({ host: 'h:80', path: '/p?q', headers: [['x-forwarded-proto', 'http']] });
    const action = routes.match(plain).route?.action;
    expect(action?.kind === 'redirect' && [action.status, action.location(plain.request)]).toEqual([
      301,
      'https://h:80/p?q',
    ]);
    expect(routes.match(streamOf({ headers: [['x-forwarded-proto', 'https']] })).route?.name).toBe('a');
  });
});

// Differential runs with Envoy 1.40: what it refuses by its validation rules.
it.each<JsonObject>([
  { safeRegex: { regex: '' } },
  { pathSeparatedPrefix: '/' },
  { pathSeparatedPrefix: '/a/' },
  { prefix: '/', headers: [{ name: 'a', stringMatch: { prefix: '' } }] },
  { prefix: '/', headers: [{ name: 'a', stringMatch: { safeRegex: { regex: 'a' }, ignoreCase: true } }] },
  { prefix: '/', headers: [{ name: 'a', stringMatch: { safeRegex: { regex: '(?=a)' } } }] },
  { pathMatchPolicy: { typedConfig: { pathTemplate: '/{x=**}/*' } } },
  {},
])('the match %j is refused', (match) =>
  expect(() => table({ virtualHosts: [host(['*'], to('a', match))] })).toThrow(),
);

it('weights are taken modulo of their sum', () => {
  const clusters = [
    ['a', 1],
    ['b', 0],
    ['c', 2],
  ].map(([name, weight]) => ({ name: name ?? '', weight: weight ?? 0 }));
  const routes = table({
    virtualHosts: [host(['*'], { match: { prefix: '/' }, route: { weightedClusters: { clusters } } })],
  });
  const chosen = [0, 1, 2, 3, 4, 5].map((random) => {
    const stream = streamOf({ random });
    routes.match(stream);
    return stream.weightedCluster;
  });
  expect(chosen).toEqual([0, 2, 2, 0, 2, 2]);
});

it('what is not interpreted is reported', () => {
  const context = contextOf();
  const route = { match: { prefix: '/' }, route: { cluster: 'a', rateLimits: [] } };
  const config = { virtualHosts: [{ ...host(['*'], route), matcher: {} }] };
  compileRouteConfig(config, { context, pointer: '/routes/0', policy: compileRoutePolicy });
  expect(context.problems.map((p) => p.where?.object)).toEqual([
    '/routes/0/virtualHosts/0/matcher',
    '/routes/0/virtualHosts/0/routes/0/route/rateLimits',
  ]);
});
