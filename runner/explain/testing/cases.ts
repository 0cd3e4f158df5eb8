import type { Ask } from './mesh.ts';
import { authorization, destinationRule, object, peerAuthentication, subsets, to, virtualService } from './rules.ts';

export interface Case extends Ask {
  name: string;
  /** Parts of lines, in this order, as a wide terminal shows them. */
  expect: readonly string[];
}

const customers = 'http://customers/';
const v1 = `route: [${to('customers', 'v1')}]`;
const v2 = `route: [${to('customers', 'v2')}]`;
const matching = (match: string): string =>
  subsets + virtualService(`{name: a, match: [${match}], ${v1}}, {name: b, ${v2}}`);

export const matchingCases: readonly Case[] = [
  {
    name: 'exact header',
    rules: matching('{headers: {user: {exact: debug}}}'),
    url: customers,
    headers: { user: 'debug' },
    expect: [],
  },
  { name: 'absent header', rules: matching('{headers: {user: {exact: debug}}}'), url: customers, expect: [] },
  {
    name: 'other header',
    rules: matching('{headers: {user: {exact: debug}}}'),
    url: customers,
    headers: { user: 'me' },
    expect: [],
  },
  {
    name: 'header prefix',
    rules: matching('{headers: {user: {prefix: de}}}'),
    url: customers,
    headers: { user: 'me' },
    expect: [],
  },
  {
    name: 'header regex',
    rules: matching('{headers: {user: {regex: "d.*"}}}'),
    url: customers,
    headers: { user: 'me' },
    expect: [],
  },
  {
    name: 'without headers',
    rules: matching('{withoutHeaders: {user: {}}}'),
    url: customers,
    headers: { user: 'me' },
    expect: [],
  },
  { name: 'path prefix', rules: matching('{uri: {prefix: /api}}'), url: `${customers}app`, expect: [] },
  { name: 'path exact', rules: matching('{uri: {exact: /api}}'), url: `${customers}api/1`, expect: [] },
  { name: 'path regex', rules: matching('{uri: {regex: "/[0-9]+"}}'), url: `${customers}x`, expect: [] },
  { name: 'method', rules: matching('{method: {exact: POST}}'), url: customers, expect: [] },
  { name: 'query', rules: matching('{queryParams: {v: {exact: "1"}}}'), url: `${customers}?v=2`, expect: [] },
  { name: 'authority', rules: matching('{authority: {exact: other}}'), url: customers, expect: [] },
  { name: 'source labels of others', rules: matching('{sourceLabels: {app: other}}'), url: customers, expect: [] },
  {
    name: 'first match wins',
    rules: subsets + virtualService(`{name: a, ${v1}}, {name: b, ${v2}}`),
    url: customers,
    expect: [],
  },
  {
    name: 'weights',
    rules:
      subsets +
      virtualService(
        `{name: split, route: [${to('customers', 'v1', ', weight: 10')}, ${to('customers', 'v2', ', weight: 90')}]}`,
      ),
    url: customers,
    expect: [],
  },
  {
    name: 'no route matches',
    rules: subsets + virtualService(`{name: a, match: [{uri: {prefix: /api}}], ${v1}}`),
    url: customers,
    expect: [],
  },
  { name: 'no rules', url: customers, expect: [] },
  { name: 'redirect', rules: virtualService('{name: old, redirect: {uri: /new}}'), url: customers, expect: [] },
  {
    name: 'direct response',
    rules: virtualService('{name: closed, directResponse: {status: 503, body: {string: closed}}}'),
    url: customers,
    expect: [],
  },
  {
    name: 'rewrite',
    rules: virtualService(`{name: re, match: [{uri: {prefix: /a}}], rewrite: {uri: /b}, route: [${to('customers')}]}`),
    url: `${customers}a`,
    expect: [],
  },
  {
    name: 'mirror',
    rules: subsets + virtualService(`{name: both, ${v1}, mirror: {host: customers, subset: v2}}`),
    url: customers,
    expect: [],
  },
];

export const upstreamCases: readonly Case[] = [
  {
    name: 'NC: a subset that no rule has',
    rules: subsets + virtualService(`{name: a, route: [${to('customers', 'v9')}]}`),
    url: customers,
    expect: [],
  },
  {
    name: 'NC: a host that nobody has',
    rules: virtualService(`{name: a, route: [${to('nowhere')}]}`),
    url: customers,
    expect: [],
  },
  {
    name: 'UH: a subset without pods',
    rules: subsets + virtualService(`{name: a, route: [${to('customers', 'v3')}]}`),
    url: customers,
    expect: [],
  },
  { name: 'UH: a Service without pods', url: 'http://nobody/', expect: [] },
  {
    name: 'UO: a full circuit breaker',
    rules: destinationRule(
      'trafficPolicy: {connectionPool: {tcp: {maxConnections: 1}, http: {http1MaxPendingRequests: 1}}}',
      'httpbin',
    ),
    url: 'http://httpbin/delay/1',
    crowd: 2,
    expect: [],
  },
  {
    name: 'UT: timeout of the route',
    rules: virtualService(`{name: slow, timeout: 1s, route: [${to('httpbin')}]}`, 'httpbin'),
    url: 'http://httpbin/delay/3',
    expect: [],
  },
  {
    name: 'URX: retries are used up',
    rules: virtualService(`{name: again, retries: {attempts: 2, retryOn: 5xx}, route: [${to('httpbin')}]}`, 'httpbin'),
    url: 'http://httpbin/status/503',
    expect: [],
  },
  {
    name: 'an error of the app',
    rules: virtualService(`{name: once, retries: {attempts: 0}, route: [${to('httpbin')}]}`, 'httpbin'),
    url: 'http://httpbin/status/500',
    expect: [],
  },
  {
    name: 'FI: abort',
    rules: virtualService(
      `{name: broken, fault: {abort: {httpStatus: 418, percentage: {value: 100}}}, route: [${to('customers')}]}`,
    ),
    url: customers,
    expect: [],
  },
  {
    name: 'DI: delay',
    rules: virtualService(
      `{name: slow, fault: {delay: {fixedDelay: 2s, percentage: {value: 100}}}, route: [${to('customers')}]}`,
    ),
    url: customers,
    expect: [],
  },
  { name: 'a port without a Service', url: 'http://customers:9999/', expect: [] },
  { name: 'an unknown name', url: 'http://unknown/', expect: [] },
  { name: 'ALLOW_ANY: outside', url: 'http://example.com/', expect: [] },
  {
    name: 'REGISTRY_ONLY: outside',
    rules: object('Sidecar', 'default', '{outboundTrafficPolicy: {mode: REGISTRY_ONLY}, egress: [{hosts: ["./*"]}]}'),
    url: 'http://example.com/',
    expect: [],
  },
  {
    name: 'REGISTRY_ONLY: a ServiceEntry',
    rules:
      object('Sidecar', 'default', '{outboundTrafficPolicy: {mode: REGISTRY_ONLY}, egress: [{hosts: ["./*"]}]}') +
      object(
        'ServiceEntry',
        'example',
        '{hosts: [example.com], resolution: DNS, ports: [{number: 80, name: http, protocol: HTTP}]}',
      ),
    url: 'http://example.com/',
    expect: [],
  },
  {
    name: 'a Sidecar that hides the Service',
    rules: object(
      'Sidecar',
      'default',
      '{outboundTrafficPolicy: {mode: REGISTRY_ONLY}, egress: [{hosts: ["./httpbin.shop.svc.cluster.local"]}]}',
    ),
    url: customers,
    expect: [],
  },
];

const web = 'from: [{source: {principals: ["cluster.local/ns/shop/sa/web"]}}]';
const jwt = object(
  'RequestAuthentication',
  'tokens',
  `{selector: {matchLabels: {app: customers}}, jwtRules: [{issuer: me, jwks: '{"keys":[]}'}]}`,
);
const anonymous = authorization('token', 'rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]');

export const securityCases: readonly Case[] = [
  { name: 'STRICT, from the mesh', rules: peerAuthentication('STRICT'), url: customers, expect: [] },
  {
    name: 'STRICT, plaintext',
    rules: peerAuthentication('STRICT'),
    from: 'legacy',
    url: 'http://customers.shop/',
    expect: [],
  },
  { name: 'PERMISSIVE, from the mesh', rules: peerAuthentication('PERMISSIVE'), url: customers, expect: [] },
  {
    name: 'PERMISSIVE, plaintext',
    rules: peerAuthentication('PERMISSIVE'),
    from: 'legacy',
    url: 'http://customers.shop/',
    expect: [],
  },
  { name: 'DISABLE, from the mesh', rules: peerAuthentication('DISABLE'), url: customers, expect: [] },
  {
    name: 'STRICT, but the client was told not to',
    rules: peerAuthentication('STRICT') + destinationRule('trafficPolicy: {tls: {mode: DISABLE}}'),
    url: customers,
    expect: [],
  },
  {
    name: 'DISABLE, but the client was told to',
    rules: peerAuthentication('DISABLE') + destinationRule('trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}'),
    url: customers,
    expect: [],
  },
  { name: 'ALLOW, allowed', rules: authorization('readers', `rules: [{${web}}]`), url: customers, expect: [] },
  {
    name: 'ALLOW, nobody else',
    rules: authorization('readers', `rules: [{${web}}]`),
    from: 'httpbin',
    url: customers,
    expect: [],
  },
  {
    name: 'ALLOW, another method',
    rules: authorization('readers', 'rules: [{to: [{operation: {methods: [GET]}}]}]'),
    url: customers,
    method: 'DELETE',
    expect: [],
  },
  { name: 'ALLOW nothing', rules: authorization('nothing', 'action: ALLOW'), url: customers, expect: [] },
  {
    name: 'DENY, denied',
    rules: authorization('no-admin', 'action: DENY, rules: [{to: [{operation: {paths: ["/admin*"]}}]}]'),
    url: `${customers}admin`,
    expect: [],
  },
  {
    name: 'DENY, passes',
    rules: authorization('no-admin', 'action: DENY, rules: [{to: [{operation: {paths: ["/admin*"]}}]}]'),
    url: customers,
    expect: [],
  },
  {
    name: 'DENY goes before ALLOW',
    rules: authorization('readers', 'rules: [{}]') + authorization('no-web', `action: DENY, rules: [{${web}}]`),
    url: customers,
    expect: [],
  },
  {
    name: 'ALLOW by identity, plaintext',
    rules: authorization('readers', `rules: [{${web}}]`),
    from: 'legacy',
    url: 'http://customers.shop/',
    expect: [],
  },
  { name: 'AUDIT', rules: authorization('audit', 'action: AUDIT, rules: [{}]'), url: customers, expect: [] },
  { name: 'JWT: none is fine', rules: jwt, url: customers, expect: [] },
  { name: 'JWT: not one', rules: jwt, url: customers, headers: { authorization: 'Bearer abc' }, expect: [] },
  { name: 'JWT: required', rules: jwt + anonymous, url: customers, expect: [] },
];
