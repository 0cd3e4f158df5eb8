import type { Case } from '../mesh.ts';
import { destinationRule, object, subsets, to, virtualService } from '../rules.ts';

const customers = 'http://customers/';
/** One token for a long time. */
const limited = `---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: limit, namespace: shop}
spec:
  workloadSelector: {labels: {app: web}}
  configPatches:
    - applyTo: HTTP_FILTER
      match:
        context: SIDECAR_OUTBOUND
        listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}}
      patch:
        operation: INSERT_BEFORE
        value:
          name: envoy.filters.http.local_ratelimit
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
            stat_prefix: limit
            token_bucket: {max_tokens: 1, tokens_per_fill: 1, fill_interval: 3600s}
            filter_enabled: {default_value: {numerator: 100}}
            filter_enforced: {default_value: {numerator: 100}}
`;

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
    name: 'RL: a local rate limit',
    rules: limited,
    url: customers,
    crowd: 1,
    expect: ['✗ 429  RL  local_rate_limited'],
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
    notLive: 'on this machine every connection is accepted before it is reset (UR), in a cluster it is refused (UF)',
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
    notLive: 'there is no world outside on this machine',
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
    notLive: 'there is no world outside on this machine',
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
    notLive: 'there is no world outside on this machine',
    rules:
      object('Sidecar', 'default', '{outboundTrafficPolicy: {mode: REGISTRY_ONLY}, egress: [{hosts: ["./*"]}]}') +
      object(
        'ServiceEntry',
        'example',
        '{hosts: [example.com], resolution: DNS, ports: [{number: 80, name: http, protocol: HTTP}]}',
      ),
    url: 'http://example.com/',
    expect: ['✓ 200', 'virtual host example.com:80', '<- ServiceEntry shop/example', 'outbound|80||example.com'],
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
