import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../mesh/json.ts';
import { configFacts } from '../lab/schema/facts.ts';
import { config } from './config.ts';
import type { ProxyEvidence } from './kind.ts';

const host = 'customers.default.svc.cluster.local';
const subset = (name: string) => `outbound|80|${name}|${host}`;
const admin = 'type.googleapis.com/envoy.admin.v3';
const mtls = {
  name: 'tlsMode-istio',
  transport_socket: {
    typed_config: { common_tls_context: { tls_certificate_sds_secret_configs: [{ name: 'default' }] } },
  },
};
const certificate = { cert_chain: [{ subject_alt_names: [{ uri: 'spiffe://cluster.local/ns/default/sa/curl' }] }] };

/** A route to two weighted clusters, in Envoy's own (proto) field names. */
const weighted = (weights: { [cluster: string]: number }) => ({
  weighted_clusters: { clusters: Object.entries(weights).map(([name, weight]) => ({ name, weight })) },
});

const dump = (route: JsonObject): JsonObject => ({
  configs: [
    {
      '@type': `${admin}.RoutesConfigDump`,
      dynamic_route_configs: [
        { route_config: { name: '80', virtual_hosts: [{ domains: [host, 'customers'], routes: [{ route }] }] } },
      ],
    },
    {
      '@type': `${admin}.ClustersConfigDump`,
      dynamic_active_clusters: [
        { cluster: { name: subset('v1'), lb_policy: 'LEAST_REQUEST', transport_socket_matches: [mtls] } },
        { cluster: { name: 'PassthroughCluster' } },
      ],
    },
    {
      '@type': `${admin}.ListenersConfigDump`,
      dynamic_listeners: [{ name: '0.0.0.0_80', active_state: { listener: { name: '0.0.0.0_80' } } }, { name: 'bad' }],
    },
  ],
});

const proxy = (configDump: JsonObject, health: JsonObject = {}): ProxyEvidence => ({
  proxy: 'curl-1.default',
  configDump,
  clusters: { cluster_statuses: [{ name: subset('v1'), host_statuses: [{ health_status: health }, {}] }] },
  certificates: { certificates: [certificate] },
});

const split = dump(weighted({ [subset('v1')]: 70, [subset('v2')]: 30 }));
const swapped = dump(weighted({ [subset('v1')]: 30, [subset('v2')]: 70 }));
const single = dump({ cluster: `outbound|80||${host}` });
const services = dump(
  weighted({
    'outbound|80||customers-v1.default.svc.cluster.local': 7,
    'outbound|80||customers-v2.default.svc.cluster.local': 3,
  }),
);
const third = dump(weighted({ [subset('v1')]: 70, [subset('v2')]: 30, [subset('v3')]: 1 }));
const weights = { v1: 70, v2: 30 };

/** lowerCamelCase, as the interpreter writes it. */
const camel = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value).replace(
      /"([a-z]+(?:_[a-z]+)+)":/g,
      (_, name: string) => `"${name.replace(/_./g, (m) => m.slice(1).toUpperCase())}":`,
    ),
  );

const judge = (facts: object, proxies: ProxyEvidence[]) =>
  config.judge({ needs: 'config', proxies }, configFacts.parse({ proxy: 'curl', ...facts }));

/** Facts, a proxy of which they are true, one of which they are not. */
const table: [string, object, ProxyEvidence, ProxyEvidence][] = [
  ['weights by subset', { route: { host: 'customers', weights } }, proxy(split), proxy(swapped)],
  ['weights, one cluster', { route: { host, weights } }, proxy(split), proxy(single)],
  ['weights by service, relative', { route: { host, weights } }, proxy(services), proxy(third)],
  ['weights of a port', { route: { host, port: 80, weights } }, proxy(split), proxy({ configs: [] })],
  ['one cluster', { route: { host, cluster: `outbound|80||${host}` } }, proxy(single), proxy(split)],
  ['a host that nobody has', { route: { host } }, proxy(split), proxy({})],
  ['cluster', { cluster: { name: subset('v1') } }, proxy(split), proxy({})],
  ['no cluster', { cluster: { name: subset('v1'), absent: true } }, proxy({}), proxy(split)],
  ['lbPolicy', { cluster: { name: subset('v1'), lbPolicy: 'LEAST_REQUEST' } }, proxy(split), proxy({})],
  ['listener', { listener: { name: '0.0.0.0_80' } }, proxy(split), proxy({})],
  ['no listener', { listener: { name: '0.0.0.0_80', absent: true } }, proxy({}), proxy(split)],
  ['endpoints', { endpoints: { cluster: subset('v1'), count: { min: 2 } } }, proxy({}), { ...proxy({}), clusters: {} }],
  [
    'healthy endpoints',
    { endpoints: { cluster: subset('v1'), healthy: { min: 2 } } },
    proxy({}, { eds_health_status: 'HEALTHY' }),
    proxy({}, { failed_outlier_check: true }),
  ],
  [
    'certificate',
    { certificate: { san: 'spiffe://cluster.local/ns/default/sa/curl' } },
    proxy({}),
    { ...proxy({}), certificates: {} },
  ],
];

describe('config', () => {
  it.each(table)('%s passes', (_, facts, good) => {
    expect(judge(facts, [good]).verdict).toBe('passed');
    expect(judge(facts, [camel(good) as ProxyEvidence]).verdict).toBe('passed');
  });

  it.each(table)('%s fails', (_, facts, __, bad) => {
    expect(judge(facts, [bad]).verdict).toBe('failed');
  });

  it.each(table)('%s fails when one of two proxies is wrong', (_, facts, good, bad) => {
    expect(judge(facts, [good, bad]).verdict).toBe('failed');
  });

  it.each(table)('%s: no proxy is not a pass', (_, facts) => {
    expect(judge(facts, []).verdict).toBe('undecided');
  });

  it.each([
    ['with mutual TLS', true, 'passed'],
    ['without mutual TLS', false, 'failed'],
  ])('tells a cluster %s', (_, mutual, verdict) => {
    expect(judge({ cluster: { name: subset('v1'), mtls: mutual } }, [proxy(split)]).verdict).toBe(verdict);
  });

  it('says what is otherwise', () => {
    const { expected, measured } = judge({ route: { host: 'customers', weights } }, [proxy(single)]);
    expect(expected).toBe('proxy of curl: route of customers, weights v1 70, v2 30');
    expect(measured).toBe(`curl-1.default: customers goes to outbound|80||${host} 1`);
  });
});
