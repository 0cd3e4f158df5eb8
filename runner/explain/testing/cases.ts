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
    expect: [
      'route `a` of VirtualService shop/rules (rules.yaml:10) sent this to subset v1 of customers.shop, port 80',
      'a matches',
      '<- VirtualService shop/rules spec.http[0]  rules.yaml:10:35',
      'outbound|80|v1|customers.shop.svc.cluster.local',
      '<- DestinationRule shop/customers spec.subsets[0]  rules.yaml:5:35',
    ],
  },
  {
    name: 'absent header',
    rules: matching('{headers: {user: {exact: debug}}}'),
    url: customers,
    expect: [
      'route `b` of VirtualService shop/rules (rules.yaml:10) sent this to subset v2 of customers.shop, port 80; route `a` did not match: header user is absent',
      '- route',
      'a does not match: header user is absent',
      '<- VirtualService shop/rules spec.http[0].match[0]  rules.yaml:10:53',
    ],
  },
  {
    name: 'other header',
    rules: matching('{headers: {user: {exact: debug}}}'),
    url: customers,
    headers: { user: 'me' },
    expect: ['a does not match: header user is "me", wanted: is "debug"'],
  },
  {
    name: 'header prefix',
    rules: matching('{headers: {user: {prefix: de}}}'),
    url: customers,
    headers: { user: 'me' },
    expect: ['a does not match: header user is "me", wanted: starts with "de"'],
  },
  {
    name: 'header regex',
    rules: matching('{headers: {user: {regex: "d.*"}}}'),
    url: customers,
    headers: { user: 'me' },
    expect: ['a does not match: header user is "me", wanted: matches "d.*"'],
  },
  {
    name: 'without headers',
    rules: matching('{withoutHeaders: {user: {}}}'),
    url: customers,
    headers: { user: 'me' },
    expect: ['a does not match: header user is present'],
  },
  {
    name: 'path prefix',
    rules: matching('{uri: {prefix: /api}}'),
    url: `${customers}app`,
    expect: ['a does not match: path "/app", wanted: starts with "/api"', 'b matches'],
  },
  {
    name: 'path exact',
    rules: matching('{uri: {exact: /api}}'),
    url: `${customers}api/1`,
    expect: ['a does not match: path "/api/1", wanted: is "/api"'],
  },
  {
    name: 'path regex',
    rules: matching('{uri: {regex: "/[0-9]+"}}'),
    url: `${customers}x`,
    expect: ['a does not match: path "/x", wanted: matches "/[0-9]+"'],
  },
  {
    name: 'method',
    rules: matching('{method: {exact: POST}}'),
    url: customers,
    expect: ['a does not match: method is "GET", wanted: is "POST"'],
  },
  {
    name: 'query',
    rules: matching('{queryParams: {v: {exact: "1"}}}'),
    url: `${customers}?v=2`,
    expect: ['a does not match: query parameter v is "2", wanted: is "1"'],
  },
  {
    name: 'authority',
    rules: matching('{authority: {exact: other}}'),
    url: customers,
    expect: ['a does not match: host is "customers", wanted: is "other"'],
  },
  {
    name: 'source labels of others',
    rules: matching('{sourceLabels: {app: other}}'),
    url: customers,
    expect: ['route `b` of VirtualService shop/rules', '    route        b matches'],
  },
  {
    name: 'first match wins',
    rules: subsets + virtualService(`{name: a, ${v1}}, {name: b, ${v2}}`),
    url: customers,
    expect: ['    route        a matches', 'outbound|80|v1|'],
  },
  {
    name: 'weights',
    rules:
      subsets +
      virtualService(
        `{name: split, route: [${to('customers', 'v1', ', weight: 10')}, ${to('customers', 'v2', ', weight: 90')}]}`,
      ),
    url: customers,
    expect: [
      'outbound|80|v2|customers.shop.svc.cluster.local, weight 90 of 100',
      '<- VirtualService shop/rules spec.http[0].route[1].weight',
    ],
  },
  {
    name: 'no route matches',
    rules: subsets + virtualService(`{name: a, match: [{uri: {prefix: /api}}], ${v1}}`),
    url: customers,
    expect: [
      '✗ 404  NR  route_not_found',
      'VirtualService shop/rules (rules.yaml:10): route `a` did not match: path "/", wanted: starts with "/api"',
      '✗ route        none is left',
      '404: NR (no route), route_not_found',
    ],
  },
  {
    name: 'no rules',
    url: customers,
    expect: [
      '✓ 200',
      'no VirtualService is for this, so it went to customers.shop, port 80',
      'listener     0.0.0.0_80, for 10.96.0.2:80 (customers.shop)',
      '<- Service shop/customers  base.yaml:28:1',
      '3 app of customers-v2-',
    ],
  },
  {
    name: 'redirect',
    rules: virtualService('{name: old, redirect: {uri: /new}}'),
    url: customers,
    expect: [
      '✓ 301  direct_response',
      'route `old` of VirtualService shop/rules (rules.yaml:5) redirects this',
      'old matches and redirects',
      '301: direct_response',
    ],
  },
  {
    name: 'direct response',
    rules: virtualService('{name: closed, directResponse: {status: 503, body: {string: closed}}}'),
    url: customers,
    expect: [
      '✗ 503',
      'route `closed` of VirtualService shop/rules (rules.yaml:5) answers this itself',
      'closed matches and answers itself',
    ],
  },
  {
    name: 'rewrite',
    rules: virtualService(`{name: re, match: [{uri: {prefix: /a}}], rewrite: {uri: /b}, route: [${to('customers')}]}`),
    url: `${customers}a`,
    expect: ['route `re` of VirtualService shop/rules (rules.yaml:5) sent this to customers.shop, port 80'],
  },
  {
    name: 'mirror',
    rules: subsets + virtualService(`{name: both, ${v1}, mirror: {host: customers, subset: v2}}`),
    url: customers,
    expect: [
      'mirror       a copy goes to subset v2 of customers.shop, port 80',
      '<- VirtualService shop/rules spec.http[0].mirror',
      '2 server proxy of customers-v1-',
      '4 server proxy of customers-v2-',
      '(mirrored copy)',
    ],
  },
];

export const upstreamCases: readonly Case[] = [
  {
    name: 'NC: a subset that no rule has',
    rules: subsets + virtualService(`{name: a, route: [${to('customers', 'v9')}]}`),
    url: customers,
    expect: [
      '✗ 503  NC  cluster_not_found',
      'sent this to subset v9 of customers.shop, port 80',
      '✗ cluster      outbound|80|v9|customers.shop.svc.cluster.local is not known to this proxy: no DestinationRule of customers.shop has subset v9',
      '<- VirtualService shop/rules spec.http[0].route[0]  rules.yaml:10:53',
      '503: NC (there is no such cluster), cluster_not_found',
    ],
  },
  {
    name: 'NC: a host that nobody has',
    rules: virtualService(`{name: a, route: [${to('nowhere')}]}`),
    url: customers,
    expect: [
      '✗ 503  NC',
      'there is no Service or ServiceEntry nowhere.shop that it may see',
      '<- VirtualService shop/rules spec.http[0].route[0]',
    ],
  },
  {
    name: 'UH: a subset without pods',
    rules: subsets + virtualService(`{name: a, route: [${to('customers', 'v3')}]}`),
    url: customers,
    expect: [
      '✗ 503  UH  no_healthy_upstream',
      '✗ endpoint     none: no ready pod is behind it',
      '<- DestinationRule shop/customers spec.subsets[2].labels  rules.yaml:5:124',
      '503: UH (no healthy endpoint)',
    ],
  },
  {
    name: 'UH: a Service without pods',
    url: 'http://nobody/',
    expect: ['✗ endpoint     none: no ready pod is behind it', '<- Service shop/nobody  base.yaml:'],
  },
  {
    name: 'UO: a full circuit breaker',
    rules: destinationRule(
      'trafficPolicy: {connectionPool: {tcp: {maxConnections: 1}, http: {http1MaxPendingRequests: 1}}}',
      'httpbin',
    ),
    url: 'http://httpbin/delay/1',
    crowd: 2,
    expect: [
      '✗ 503  UO',
      '✗ attempt      failed: overflow',
      '503: UO (a circuit breaker is full), upstream_reset_before_response_started{overflow}',
      '<- DestinationRule shop/httpbin spec.trafficPolicy.connectionPool.http.http1MaxPendingRequests',
    ],
  },
  {
    name: 'UT: timeout of the route',
    rules: virtualService(`{name: slow, timeout: 1s, route: [${to('httpbin')}]}`, 'httpbin'),
    url: 'http://httpbin/delay/3',
    expect: [
      '✗ 504  UT  response_timeout  1000 ms',
      '504: UT (no answer in time), response_timeout',
      '<- VirtualService shop/rules spec.http[0].timeout  rules.yaml:5:55',
    ],
  },
  {
    name: 'URX: retries are used up',
    rules: virtualService(`{name: again, retries: {attempts: 2, retryOn: 5xx}, route: [${to('httpbin')}]}`, 'httpbin'),
    url: 'http://httpbin/status/503',
    expect: [
      '✗ 503  URX  via_upstream',
      '- attempt      answered with 503',
      'retry        attempt 2 after',
      'because of status 503',
      '<- VirtualService shop/rules spec.http[0].retries',
      'attempt 3',
      '503: URX (no retry is left)',
      '(attempt 2)',
      '(attempt 3)',
    ],
  },
  {
    name: 'an error of the app',
    rules: virtualService(`{name: once, retries: {attempts: 0}, route: [${to('httpbin')}]}`, 'httpbin'),
    url: 'http://httpbin/status/500',
    expect: ['✗ 500', '3 app of httpbin-v1-', '    answer       500'],
  },
  {
    name: 'FI: abort',
    rules: virtualService(
      `{name: broken, fault: {abort: {httpStatus: 418, percentage: {value: 100}}}, route: [${to('customers')}]}`,
    ),
    url: customers,
    expect: [
      '✗ 418  FI  fault_filter_abort',
      '✗ filter       fault aborts with 418',
      '<- VirtualService shop/rules spec.http[0].fault',
      '418: FI (a fault answered it)',
    ],
  },
  {
    name: 'DI: delay',
    rules: virtualService(
      `{name: slow, fault: {delay: {fixedDelay: 2s, percentage: {value: 100}}}, route: [${to('customers')}]}`,
    ),
    url: customers,
    expect: [
      '✓ 200  DI  via_upstream  2000 ms',
      'filter       fault delays by 2000 ms',
      '<- VirtualService shop/rules spec.http[0].fault',
      '200: DI (a fault delayed it)',
    ],
  },
  {
    name: 'a port without a Service',
    url: 'http://customers:9999/',
    expect: [
      '✗ read ECONNRESET',
      'virtualOutbound, because no listener is for 10.96.0.2:9999 (customers.shop)',
      'PassthroughCluster: to where the app sent it',
      '✗ attempt      failed: delayed connect error: Connection refused',
    ],
  },
  {
    name: 'an unknown name',
    url: 'http://unknown/',
    expect: ['✗ getaddrinfo ENOTFOUND unknown', 'nobody knows the name unknown'],
  },
  {
    name: 'ALLOW_ANY: outside',
    url: 'http://example.com/',
    expect: [
      '✓ 200',
      'no Service or rule is for this, so it went to where the app sent it',
      'virtual host allow_any: none is for this host, and any may be called',
      'PassthroughCluster',
      '2 app of example.com',
    ],
  },
  {
    name: 'REGISTRY_ONLY: outside',
    rules: object('Sidecar', 'default', '{outboundTrafficPolicy: {mode: REGISTRY_ONLY}, egress: [{hosts: ["./*"]}]}'),
    url: 'http://example.com/',
    expect: [
      '✗ 502',
      '✗ virtual host block_all: none is for this host, and no other may be called (REGISTRY_ONLY)',
      '<- Sidecar shop/default spec.outboundTrafficPolicy  rules.yaml:5:31',
    ],
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
    expect: ['✓ 200', 'virtual host example.com:80', 'outbound|80||example.com', '<- ServiceEntry shop/example'],
  },
  {
    name: 'a Sidecar that hides the Service',
    rules: object(
      'Sidecar',
      'default',
      '{outboundTrafficPolicy: {mode: REGISTRY_ONLY}, egress: [{hosts: ["./httpbin.shop.svc.cluster.local"]}]}',
    ),
    url: customers,
    expect: ['✗ 502', '✗ virtual host block_all', '<- Sidecar shop/default spec.outboundTrafficPolicy'],
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
  {
    name: 'STRICT, from the mesh',
    rules: peerAuthentication('STRICT'),
    url: customers,
    expect: [
      '✓ 200',
      'TLS          sent with mutual TLS',
      '<- PeerAuthentication shop/peers spec.mtls.mode  rules.yaml:5:21',
      'TLS          mutual: web of shop calls customers of shop',
      '<- PeerAuthentication shop/peers',
    ],
  },
  {
    name: 'STRICT, plaintext',
    rules: peerAuthentication('STRICT'),
    from: 'legacy',
    url: 'http://customers.shop/',
    expect: [
      '✗ read ECONNRESET',
      'server proxy of customers-v2-',
      'because of PeerAuthentication shop/peers (rules.yaml:5)',
      'legacy.plain has no proxy',
      '✗ filter chain none takes plaintext: mutual TLS is required here; the connection is closed',
    ],
  },
  {
    name: 'PERMISSIVE, from the mesh',
    rules: peerAuthentication('PERMISSIVE'),
    url: customers,
    expect: ['✓ 200', 'sent with mutual TLS', 'mutual: web of shop calls customers of shop'],
  },
  {
    name: 'PERMISSIVE, plaintext',
    rules: peerAuthentication('PERMISSIVE'),
    from: 'legacy',
    url: 'http://customers.shop/',
    expect: [
      '✓ 200',
      'filter chain 0.0.0.0_8080: for plaintext',
      'TLS          none: it came in plaintext, which is allowed here',
    ],
  },
  {
    name: 'DISABLE, from the mesh',
    rules: peerAuthentication('DISABLE'),
    url: customers,
    expect: [
      '✓ 200',
      'TLS          sent in plaintext',
      '<- PeerAuthentication shop/peers',
      'TLS          none: mutual TLS is off here',
    ],
  },
  {
    name: 'STRICT, but the client was told not to',
    rules: peerAuthentication('STRICT') + destinationRule('trafficPolicy: {tls: {mode: DISABLE}}'),
    url: customers,
    expect: [
      '✗ 503  UC',
      'TLS: sent in plaintext; because of DestinationRule shop/customers (rules.yaml:10)',
      'none takes plaintext: mutual TLS is required here',
      '<- DestinationRule shop/customers spec.trafficPolicy.tls  rules.yaml:10:46',
      '✗ attempt      failed: connection termination',
    ],
  },
  {
    name: 'DISABLE, but the client was told to',
    rules: peerAuthentication('DISABLE') + destinationRule('trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}'),
    url: customers,
    expect: [
      '✗ 503  URX,UF',
      'TLS: sent with mutual TLS, whatever the endpoint takes; because of DestinationRule shop/customers (rules.yaml:10)',
      'TLS: none: mutual TLS is off here; because of PeerAuthentication shop/peers (rules.yaml:5)',
      'retry        attempt 2',
    ],
  },
  {
    name: 'ALLOW, allowed',
    rules: authorization('readers', `rules: [{${web}}]`),
    url: customers,
    expect: [
      '✓ 200',
      'filter       rbac allows: this rule matches',
      '<- AuthorizationPolicy shop/readers spec.rules[0]  rules.yaml:5:59',
    ],
  },
  {
    name: 'ALLOW, nobody else',
    rules: authorization('readers', `rules: [{${web}}]`),
    from: 'httpbin',
    url: customers,
    expect: [
      '✗ 403  rbac_access_denied_matched_policy[none]',
      'mutual: httpbin of shop calls customers of shop',
      '✗ filter       rbac denies: no rule of an ALLOW policy matches',
      '<- AuthorizationPolicy shop/readers spec.rules[0]',
    ],
  },
  {
    name: 'ALLOW, another method',
    rules: authorization('readers', 'rules: [{to: [{operation: {methods: [GET]}}]}]'),
    url: customers,
    method: 'DELETE',
    expect: [
      '✗ 403',
      'because of AuthorizationPolicy shop/readers (rules.yaml:5)',
      '✗ filter       rbac denies: no rule of an ALLOW policy matches',
    ],
  },
  {
    name: 'ALLOW nothing',
    rules: authorization('nothing', 'action: ALLOW'),
    url: customers,
    expect: ['✗ 403', '✗ filter       rbac denies', '<- AuthorizationPolicy shop/nothing  rules.yaml:2:1'],
  },
  {
    name: 'DENY, denied',
    rules: authorization('no-admin', 'action: DENY, rules: [{to: [{operation: {paths: ["/admin*"]}}]}]'),
    url: `${customers}admin`,
    expect: [
      '✗ 403  rbac_access_denied_matched_policy[ns[shop]-policy[no-admin]-rule[0]]',
      '✗ filter       rbac denies: this rule matches',
      '<- AuthorizationPolicy shop/no-admin spec.rules[0]  rules.yaml:5:73',
    ],
  },
  {
    name: 'DENY, passes',
    rules: authorization('no-admin', 'action: DENY, rules: [{to: [{operation: {paths: ["/admin*"]}}]}]'),
    url: customers,
    expect: ['✓ 200', 'filter       rbac lets pass: no rule of a DENY policy matches'],
  },
  {
    name: 'DENY goes before ALLOW',
    rules: authorization('readers', 'rules: [{}]') + authorization('no-web', `action: DENY, rules: [{${web}}]`),
    url: customers,
    expect: [
      '✗ 403',
      '✗ filter       rbac denies: this rule matches',
      '<- AuthorizationPolicy shop/no-web spec.rules[0]',
    ],
  },
  {
    name: 'ALLOW by identity, plaintext',
    rules: authorization('readers', `rules: [{${web}}]`),
    from: 'legacy',
    url: 'http://customers.shop/',
    expect: [
      '✗ 403',
      'legacy.plain has no proxy',
      'none: it came in plaintext',
      '✗ filter       rbac denies: no rule of an ALLOW policy matches',
    ],
  },
  {
    name: 'AUDIT',
    rules: authorization('audit', 'action: AUDIT, rules: [{}]'),
    url: customers,
    expect: ['✓ 200', 'filter       rbac marks for the log', '<- AuthorizationPolicy shop/audit'],
  },
  { name: 'JWT: none is fine', rules: jwt, url: customers, expect: ['✓ 200'] },
  {
    name: 'JWT: not one',
    rules: jwt,
    url: customers,
    headers: { authorization: 'Bearer abc' },
    expect: [
      '✗ 401',
      '✗ filter       jwt_authn denies: Jwt is not in the form of Header.Payload.Signature',
      '<- RequestAuthentication shop/tokens spec.jwtRules[0]  rules.yaml:5:62',
    ],
  },
  {
    name: 'JWT: required',
    rules: jwt + anonymous,
    url: customers,
    expect: [
      '✗ 403',
      'jwt_authn lets the request pass',
      '✗ filter       rbac denies: no rule of an ALLOW policy matches',
      '<- AuthorizationPolicy shop/token',
    ],
  },
];
