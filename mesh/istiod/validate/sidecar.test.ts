import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Finding, pathText } from '../../kube/schema/field.ts';
import { istioCrdRules, istioFindings } from './validate.ts';

const object = (kind: string, spec: string) => ({
  apiVersion: kind === 'EnvoyFilter' ? 'networking.istio.io/v1alpha3' : 'networking.istio.io/v1beta1',
  kind,
  metadata: { name: 'x', namespace: 'shop' },
  spec: parse(spec),
});
const told = ({ path, message, warning }: Finding) =>
  `${warning ? 'warning ' : ''}${pathText(path.slice(1))}: ${message}`;
const webhook = (kind: string, spec: string) => istioFindings(object(kind, spec)).map(told);
const crd = (kind: string, spec: string) => istioCrdRules(object(kind, spec), undefined).map(told);
type Row = [name: string, spec: string, want: string[]];

const hosts = 'hosts: ["./*"]';
const ingress = (text: string) => `{ingress: [{port: {number: 80, name: http, protocol: HTTP}, ${text}}]}`;

// pkg/config/validation/validation.go, ValidateSidecar (validation_test.go, TestValidateSidecar).
describe('Sidecar', () => {
  it.each<Row>([
    ['a good one', '{egress: [{hosts: ["./*", "istio-system/*", "~other/*", "~/*"]}]}', []],
    ['nothing', '{}', [': sidecar: empty configuration provided']],
    [
      'a wildcard in the selector, and nothing else is told',
      '{workloadSelector: {labels: {a: "*"}}}',
      ['workloadSelector.labels.a: wildcard is not supported in selector: "a=*"'],
    ],
    [
      'a listener after the one that catches all',
      `{egress: [{${hosts}}, {${hosts}, port: {number: 1, protocol: HTTP}}]}`,
      ['egress[0]: sidecar: the egress listener with empty port should be the last listener in the list'],
    ],
    [
      'one port twice',
      `{egress: [{${hosts}, port: {number: 1, protocol: HTTP}}, {${hosts}, port: {number: 1, protocol: X}}]}`,
      [
        'egress[1].port.protocol: unsupported protocol: X',
        'egress[1].port: sidecar: ports on IP bound listeners must be unique',
      ],
    ],
    [
      'port 0 without a socket',
      `{egress: [{${hosts}, port: {number: 0, protocol: HTTP}, captureMode: IPTABLES}]}`,
      [
        'egress[0].bind: sidecar: ports with 0 value must have a unix domain socket bind address',
        'egress[0].captureMode: sidecar: captureMode must be DEFAULT/NONE for unix domain socket listeners',
      ],
    ],
    [
      'hosts that others cover',
      '{egress: [{hosts: ["a/*", "a/b.test", "./c.test", "shop/c.test"]}]}',
      [
        'warning egress[0].hosts[1]: duplicated egress host: a/b.test',
        'warning egress[0].hosts[3]: duplicated egress host: shop/c.test',
      ],
    ],
    [
      'everything and something',
      '{egress: [{hosts: ["*/*", "a/b.test"]}]}',
      ['warning egress[0].hosts: `*/*` host select all resources, no other hosts can be added'],
    ],
    ['a short name', '{egress: [{hosts: ["a/b"]}]}', ['egress[0].hosts[0]: short names (non FQDN) are not allowed']],
    [
      'an endpoint elsewhere',
      ingress('defaultEndpoint: "10.0.0.1:80"'),
      [
        'ingress[0].defaultEndpoint: sidecar: defaultEndpoint must be of form 127.0.0.1:<port>,0.0.0.0:<port>,[::1]:port,[::]:port,unix://filepath or unset',
      ],
    ],
    ['IPv6', ingress('defaultEndpoint: "[::1]:80"'), []],
    [
      'an endpoint without port',
      ingress('defaultEndpoint: "127.0.0.1"'),
      [
        'ingress[0].defaultEndpoint: address 127.0.0.1: missing port in address',
        'ingress[0].defaultEndpoint: sidecar: defaultEndpoint port () is not a number: strconv.Atoi: parsing "": invalid syntax',
      ],
    ],
    [
      'TLS for HTTP, from a credential',
      ingress('tls: {mode: SIMPLE, credentialName: c}'),
      [
        'ingress[0].tls.credentialName: sidecar: credentialName is not currently supported',
        'ingress[0].tls: server cannot have TLS settings for non HTTPS/TLS ports',
      ],
    ],
    [
      'HTTP settings of a TCP port',
      '{ingress: [{port: {number: 9, name: t, protocol: TCP}, connectionPool: {http: {maxRetries: -1}}}]}',
      [
        'ingress[0].connectionPool.http.maxRetries: max retries must be non-negative',
        'warning ingress[0].connectionPool.http: sidecar: HTTP connection pool settings are configured for port 9 ("t") but its protocol is not HTTP (TCP); only TCP settings will apply',
      ],
    ],
    [
      'an egress proxy where nothing may leave',
      '{outboundTrafficPolicy: {egressProxy: {host: a.test}}}',
      [
        'outboundTrafficPolicy.egressProxy: sidecar: egress_proxy must be set only with ALLOW_ANY outbound_traffic_policy mode',
      ],
    ],
    [
      'an egress proxy without port',
      '{outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: a.test}}}',
      ['outboundTrafficPolicy.egressProxy: sidecar: egress_proxy port must be non-nil'],
    ],
  ])('%s', (_name, spec, want) => expect(webhook('Sidecar', spec)).toEqual(want));

  it('is refused by its CRD for short durations', () =>
    expect(crd('Sidecar', '{inboundConnectionPool: {http: {idleTimeout: 0s}}}')).toEqual([
      'inboundConnectionPool.http.idleTimeout: Invalid value: "0s": must be a valid duration greater than 1ms',
    ]));
});

const internals =
  'warning : EnvoyFilter exposes internal implementation details that may change at any time. Prefer other APIs if possible, and exercise extreme caution, especially around upgrades.';
const patch = (text: string) => `{configPatches: [{${text}}]}`;
const merge = 'patch: {operation: MERGE, value: {}}';
const filter = (applyTo: string, text: string) =>
  patch(`applyTo: ${applyTo}, match: {listener: {filterChain: {filter: {${text}}}}}, ${merge}`);
const hcm = 'name: envoy.filters.network.http_connection_manager';

// pkg/config/validation/envoyfilter/envoyfilter.go (envoyfilter_test.go, TestValidateEnvoyFilter).
describe('EnvoyFilter', () => {
  it.each<Row>([
    ['a good one', patch(`applyTo: CLUSTER, match: {cluster: {}}, ${merge}`), []],
    ['no patch', patch('applyTo: CLUSTER'), ['configPatches[0]: Envoy filter: missing patch']],
    [
      'no operation',
      patch('applyTo: CLUSTER, patch: {value: {}}'),
      ['configPatches[0]: Envoy filter: missing patch operation'],
    ],
    [
      'nothing to merge',
      patch('applyTo: CLUSTER, patch: {operation: MERGE}'),
      ['configPatches[0]: Envoy filter: missing patch value for non-remove operation'],
    ],
    ['a removal', patch('applyTo: CLUSTER, patch: {operation: REMOVE}'), []],
    [
      'a bad version',
      patch(`applyTo: CLUSTER, match: {proxy: {proxyVersion: "1["}}, ${merge}`),
      [
        'configPatches[0].match.proxy.proxyVersion: Envoy filter: invalid regex for proxy version, [error parsing regexp: missing closing ]: `[`]',
      ],
    ],
    [
      'a cluster matched for a listener',
      patch(`applyTo: LISTENER, match: {cluster: {}}, ${merge}`),
      ['configPatches[0].match: Envoy filter: applyTo for listener class objects cannot have non listener match'],
    ],
    [
      'a listener matched for a route',
      patch(`applyTo: HTTP_ROUTE, match: {listener: {}}, ${merge}`),
      [
        'configPatches[0].match: Envoy filter: applyTo for http route class objects cannot have non route configuration match',
      ],
    ],
    [
      'a filter without name',
      filter('HTTP_FILTER', 'subFilter: {name: a}'),
      ['configPatches[0].match.listener.filterChain.filter: Envoy filter: filter match has no name to match on'],
    ],
    [
      'a part of another filter',
      filter('HTTP_FILTER', 'name: a, subFilter: {name: b}'),
      [
        'configPatches[0].match.listener.filterChain.filter: Envoy filter: subfilter match requires filter match with envoy.filters.network.http_connection_manager',
      ],
    ],
    [
      'a part for a network filter',
      filter('NETWORK_FILTER', `${hcm}, subFilter: {name: b}`),
      [
        'configPatches[0].match.listener.filterChain.filter: Envoy filter: subfilter match can be used with applyTo HTTP_FILTER only',
      ],
    ],
    [
      'an old name',
      filter('HTTP_FILTER', `${hcm}, subFilter: {name: envoy.router}`),
      [
        'warning configPatches[0].match.listener.filterChain.filter.subFilter.name: using deprecated filter name "envoy.router"; use "envoy.filters.http.router" instead',
        'warning configPatches[0].patch.value: using deprecated types by name without typed_config; ',
      ],
    ],
    [
      'a field that Envoy has not',
      '{configPatches: [{applyTo: CLUSTER, patch: {operation: MERGE, value: {nope: 1}}}]}',
      ['warning configPatches[0].patch.value: Envoy filter: unknown field "nope" in envoy.config.cluster.v3.Cluster'],
    ],
  ])('%s', (_name, spec, want) => expect(webhook('EnvoyFilter', spec)).toEqual([internals, ...want]));

  it('is refused by its CRD for a waypoint match elsewhere', () =>
    expect(crd('EnvoyFilter', patch('match: {context: GATEWAY, waypoint: {portNumber: 0}}'))).toEqual([
      'configPatches[0].match: Invalid value: only support waypointMatch when context is WAYPOINT',
      'configPatches[0].match.waypoint.portNumber: Invalid value: 0: port must be between 1-65535',
    ]));
});

// ValidateProxyConfig (validation_test.go, TestValidateProxyConfig).
describe('ProxyConfig', () => {
  it('has no negative concurrency', () =>
    expect(webhook('ProxyConfig', '{concurrency: -1, selector: {}}')).toEqual([
      'warning selector: workload selector specified without labels',
      'concurrency: concurrency must be greater than or equal to 0',
    ]));
});
