import { describe, expect, it } from 'vitest';
import { meshOf, service, shop } from '../../../../test/support/istiod-mesh.ts';
import type { GatewayGrpcRule, GatewayHttpRule } from '../../model/gateway-route.ts';
import type { HttpRoute } from '../../model/virtual-service.ts';
import { xds } from '../../xds/xds.ts';
import type { RouteInput } from './backend.ts';
import { byRank, grpcRoutes, httpRoutes } from './http-rule.ts';

const input: RouteInput = { namespace: 'shop', knows: () => true, report: () => {} };
const a = { name: 'a', port: 80 };
const only = (rule: GatewayHttpRule): HttpRoute | undefined =>
  httpRoutes({ backendRefs: [a], ...rule }, 'n', input)?.[0];

const fields: [string, GatewayHttpRule, HttpRoute][] = [
  ['no match is any path', {}, { match: [{ uri: { prefix: '/' } }] }],
  ['a trailing slash of a prefix', { matches: [{ path: { value: '/a/' } }] }, { match: [{ uri: { prefix: '/a' } }] }],
  [
    'a header and a method',
    { matches: [{ headers: [{ name: 'x', value: 'y' }], method: 'GET' }] },
    { match: [{ uri: { prefix: '/' }, headers: { x: { exact: 'y' } }, method: { exact: 'GET' } }] },
  ],
  [
    'one backend needs no weight',
    {},
    { route: [{ destination: { host: 'a.shop.svc.cluster.local', port: { number: 80 } }, weight: 0 }] },
  ],
  [
    'a backend of weight 0',
    { backendRefs: [a, { ...a, name: 'b', weight: 0 }] },
    { route: [{ destination: { host: 'a.shop.svc.cluster.local', port: { number: 80 } }, weight: 0 }] },
  ],
  ['no backend', { backendRefs: [] }, { directResponse: { status: 500 } }],
  [
    'headers, of equal names the first',
    {
      filters: [
        {
          type: 'RequestHeaderModifier',
          requestHeaderModifier: {
            set: [
              { name: 'X', value: '1' },
              { name: 'x', value: '2' },
            ],
            remove: ['y'],
          },
        },
      ],
    },
    { headers: { request: { set: { x: '1' }, remove: ['y'] } } },
  ],
  [
    'a rewritten prefix',
    {
      filters: [
        { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/b/' } } },
      ],
    },
    { rewrite: { uri: '/b' } },
  ],
  [
    'a rewritten path',
    {
      filters: [
        { type: 'URLRewrite', urlRewrite: { hostname: 'h', path: { type: 'ReplaceFullPath', replaceFullPath: '/b' } } },
      ],
    },
    { rewrite: { uriRegexRewrite: { match: '/.*', rewrite: '/b' }, authority: 'h' } },
  ],
  [
    'a redirect to another scheme',
    { backendRefs: [], filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] },
    { redirect: { redirectCode: 301, scheme: 'https', derivePort: 'FROM_PROTOCOL_DEFAULT' } },
  ],
  [
    'a mirror of a fraction',
    {
      filters: [
        { type: 'RequestMirror', requestMirror: { backendRef: a, fraction: { numerator: 1, denominator: 8 } } },
      ],
    },
    {
      mirrors: [
        { destination: { host: 'a.shop.svc.cluster.local', port: { number: 80 } }, percentage: { value: 12.5 } },
      ],
    },
  ],
  ['timeouts', { timeouts: { request: 3e9, backendRequest: 0 } }, { timeout: 3e9 }],
  [
    'a timeout of each try',
    { retry: { attempts: 3, codes: [503] }, timeouts: { request: 3e9, backendRequest: 1e9 } },
    {
      timeout: 3e9,
      retries: { attempts: 3, retryOn: 'connect-failure,refused-stream,unavailable,cancelled,503', perTryTimeout: 1e9 },
    },
  ],
  [
    'CORS',
    { filters: [{ type: 'CORS', cors: { allowOrigins: ['https://*.a', 'https://b'], maxAge: 5 } }] },
    {
      corsPolicy: {
        allowOrigins: [{ regex: '^https://.*\\.a$' }, { exact: 'https://b' }],
        allowMethods: [],
        allowHeaders: [],
        exposeHeaders: [],
        maxAge: 5e9,
        unmatchedPreflights: 'IGNORE',
      },
    },
  ],
];

const methods: [NonNullable<GatewayGrpcRule['matches']>[number]['method'], unknown][] = [
  [{ service: 's', method: 'm' }, { exact: '/s/m' }],
  [{ service: 's' }, { prefix: '/s/' }],
  [{ method: 'm' }, { regex: '/[^/]+/m' }],
  [{ type: 'RegularExpression', service: 's.*' }, { regex: '/s.*/.+' }],
];

describe('rules of Gateway API routes', () => {
  it.each(fields)('%s', (_what, rule, wanted) => expect(only(rule)).toMatchObject(wanted));

  it.each(methods)('%j of a gRPC call', (method, uri) => {
    expect(grpcRoutes({ matches: [{ method }], backendRefs: [a] }, 'n', input)?.[0]?.match).toEqual([{ uri }]);
  });

  it.each<[string, GatewayHttpRule]>([
    ['a filter that Istio does not have', { filters: [{ type: 'ExtensionRef' }] }],
    ['a host name where a Service belongs', { backendRefs: [{ name: 'a.b', port: 80 }] }],
    ['a backend without port', { backendRefs: [{ name: 'a' }] }],
  ])('%s drops the route, with a word', (_what, rule) => {
    const said: string[] = [];
    expect(
      httpRoutes({ backendRefs: [a], ...rule }, 'n', { ...input, report: (what) => said.push(what) }),
    ).toBeUndefined();
    expect(said).toHaveLength(1);
  });

  it('are ranked: exact, longer, method, headers, query', () => {
    const rank = (name: string, match: NonNullable<HttpRoute['match']>[number]): HttpRoute => ({
      name,
      match: [match],
    });
    const sorted = [
      rank('regex', { uri: { regex: '/aaaaaa' } }),
      rank('prefix', { uri: { prefix: '/a' } }),
      rank('query', { uri: { prefix: '/a' }, queryParams: { q: { exact: '1' } } }),
      rank('headers', { uri: { prefix: '/a' }, headers: { h: { exact: '1' } } }),
      rank('method', { uri: { prefix: '/a' }, method: { exact: 'GET' } }),
      rank('longer', { uri: { prefix: '/ab' } }),
      rank('exact', { uri: { exact: '/' } }),
      { name: 'all' },
    ].sort(byRank);
    expect(sorted.map((r) => r.name)).toEqual([
      'exact',
      'longer',
      'method',
      'headers',
      'query',
      'prefix',
      'regex',
      'all',
    ]);
  });
});

const route = (kind: string, name: string, namespace: string, spec: string) =>
  `{apiVersion: gateway.networking.k8s.io/v1, kind: ${kind}, metadata: {name: ${name}, namespace: ${namespace}}, spec: ${spec}}`;
const parent = 'parentRefs: [{group: "", kind: Service, name: catalog, namespace: shop}]';

describe('routes whose parent is a Service', () => {
  const of = (...routes: string[]) => {
    const { snapshot, proxy } = meshOf([shop, service('other', 3), ...routes].join('\n---\n'));
    const config = xds(snapshot, proxy);
    const json = JSON.stringify(config.routes);
    return { config, names: [...json.matchAll(/"name":"((?:shop|client)\.[a-z]+\.\d)"/g)].map((m) => m[1]) };
  };

  it('of one namespace are merged, the more specific match first', () => {
    const { names } = of(
      route('HTTPRoute', 'all', 'shop', `{${parent}, rules: [{backendRefs: [{name: other, port: 80}]}]}`),
      route(
        'GRPCRoute',
        'calls',
        'shop',
        `{${parent}, rules: [{matches: [{method: {service: s}}], backendRefs: [{name: other, port: 80}]}]}`,
      ),
    );
    expect(names).toEqual(['shop.calls.0', 'shop.all.0']);
  });

  it('of another namespace are for its own clients only', () => {
    expect(
      of(
        route(
          'HTTPRoute',
          'own',
          'client',
          `{${parent}, rules: [{backendRefs: [{name: other, namespace: shop, port: 80}]}]}`,
        ),
      ).names,
    ).toEqual([]);
  });

  it('name the rule and the backend that decided', () => {
    const { config } = of(
      route(
        'HTTPRoute',
        'split',
        'shop',
        `{${parent}, rules: [{backendRefs: [{name: other, port: 80, weight: 3}, {name: catalog, port: 80}]}]}`,
      ),
    );
    const found = [...config.origins].filter(([, o]) => o.kind === 'HTTPRoute').map(([, o]) => o.field);
    expect(found).toEqual([
      'spec.parentRefs',
      'spec.rules[0]',
      'spec.rules[0].backendRefs[0]',
      'spec.rules[0].backendRefs[0].weight',
      'spec.rules[0].backendRefs[1]',
      'spec.rules[0].backendRefs[1].weight',
    ]);
  });

  it('that name an unknown backend are a problem', () => {
    const { config } = of(
      route('HTTPRoute', 'lost', 'shop', `{${parent}, rules: [{backendRefs: [{name: none, port: 80}]}]}`),
    );
    expect(config.problems.map((p) => p.what)).toEqual([
      'HTTPRoute shop/lost: backend none.shop.svc.cluster.local does not exist',
    ]);
  });
});
