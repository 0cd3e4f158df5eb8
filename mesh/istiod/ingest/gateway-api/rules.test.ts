import { describe, expect, it } from 'vitest';
import type { GatewayGrpcRule, GatewayHttpRule } from '../../model/gateway-route.ts';
import type { HttpRoute } from '../../model/virtual-service.ts';
import type { RouteInput } from './backend.ts';
import { grantsOf } from './grants.ts';
import { byRank, grpcRoutes, httpRoutes } from './http-rule.ts';
import type { GatewayWorld } from './world.ts';

const world: GatewayWorld = {
  namespaces: new Map(),
  classes: new Map(),
  grants: grantsOf([]),
  secrets: new Map(),
  configMaps: new Map(),
  services: new Map([
    ['shop/a', []],
    ['shop/b', []],
    ['other/c', []],
  ]),
  entries: new Map(),
  knows: (host) => host === 'known.test',
  exportTo: ['*'],
  ambient: false,
};
const input: RouteInput = { kind: 'HTTPRoute', namespace: 'shop', world, mesh: false };
const a = { name: 'a', port: 80 };
const only = (rule: GatewayHttpRule): HttpRoute | undefined =>
  httpRoutes({ backendRefs: [a], ...rule }, 'n', input).value?.[0];

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
    const { value } = grpcRoutes({ matches: [{ method }], backendRefs: [a] }, 'n', input);
    expect(value?.[0]?.match).toEqual([{ uri }]);
  });

  /** Reasons as in istio gateway/conditions.go; the destination that is left, if any. */
  it.each<[string, GatewayHttpRule, string, unknown]>([
    ['a filter that Istio does not have', { filters: [{ type: 'ExtensionRef' }] }, 'InvalidFilter', undefined],
    ['a filter of a backend', { backendRefs: [{ ...a, filters: [{ type: 'CORS' }] }] }, 'InvalidFilter', undefined],
    [
      'a line break in a header',
      { filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x', value: 'a\nb' }] } }] },
      'InvalidFilter',
      undefined,
    ],
    [
      'a host name where a Service belongs',
      { backendRefs: [{ name: 'a.b', port: 80 }] },
      'InvalidDestination',
      undefined,
    ],
    ['a backend without port', { backendRefs: [{ name: 'a' }] }, 'InvalidDestination', undefined],
    [
      'a backend that does not exist',
      { backendRefs: [{ name: 'x', port: 80 }] },
      'BackendNotFound',
      { host: 'x.shop.svc.cluster.local', port: { number: 80 } },
    ],
    [
      'a backend elsewhere without grant',
      { backendRefs: [{ name: 'c', namespace: 'other', port: 80 }] },
      'RefNotPermitted',
      {},
    ],
    [
      'a backend of another kind',
      { backendRefs: [{ group: 'x.io', kind: 'Bucket', name: 'a', port: 80 }] },
      'InvalidKind',
      {},
    ],
    [
      'an unknown host',
      { backendRefs: [{ group: 'networking.istio.io', kind: 'Hostname', name: 'other.test', port: 80 }] },
      'BackendNotFound',
      { host: 'other.test', port: { number: 80 } },
    ],
    [
      'a mirror that does not exist',
      { filters: [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'x', port: 80 } } }] },
      'BackendNotFound',
      { host: 'a.shop.svc.cluster.local', port: { number: 80 } },
    ],
  ])('%s is told in the status', (_what, rule, reason, destination) => {
    const { value, error } = httpRoutes({ backendRefs: [a], ...rule }, 'n', input);
    expect([error?.reason, value?.[0]?.route?.[0]?.destination]).toEqual([reason, destination]);
  });

  it('need no grant in the mesh', () => {
    const rule = { backendRefs: [{ name: 'c', namespace: 'other', port: 80 }] };
    expect(httpRoutes(rule, 'n', { ...input, mesh: true }).error).toBeUndefined();
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
