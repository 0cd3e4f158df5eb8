import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json.ts';
import { clustersTable } from './clusters.ts';
import { hostsOfClusters } from './config-dump.ts';
import { endpointLocalitiesTable, endpointsTable, hostsOf } from './endpoints.ts';
import { entriesOf } from './entry.ts';
import { listenersTable } from './listeners.ts';
import { routesTable } from './routes.ts';
import type { Table } from './table.ts';

const cells = (table: Table) => table.rows.map((row) => row.cells.join(' | '));
const socket = (address: string, portValue: number) => ({ socketAddress: { address, portValue } });
const http = (typedConfig: JsonObject) => ({ name: 'envoy.filters.network.http_connection_manager', typedConfig });
const tcp = (cluster: string) => ({ name: 'envoy.filters.network.tcp_proxy', typedConfig: { cluster } });
const managed = (path: string) => ({ filterMetadata: { istio: { config: path } } });
const virtualService = '/apis/networking.istio.io/v1/namespaces/shop/virtual-service/split';

const chain = (filterChainMatch: JsonObject, filter: JsonObject): JsonObject[] => [
  { name: 'l', address: socket('0.0.0.0', 80), filterChains: [{ filterChainMatch, filters: [filter] }] },
];

describe('listeners', () => {
  it.each<[string, JsonObject]>([
    ['ALL', {}],
    ['SNI: a.example,b.example', { serverNames: ['a.example', 'b.example'] }],
    [
      'Trans: raw_buffer; App: HTTP',
      { transportProtocol: 'raw_buffer', applicationProtocols: ['http/1.0', 'http/1.1', 'h2c'] },
    ],
    ['App: TCP TLS', { applicationProtocols: ['istio-peer-exchange', 'istio'] }],
    ['App: Istio HTTP Plain', { applicationProtocols: ['istio', 'istio-http/1.0', 'istio-http/1.1', 'istio-h2'] }],
    [
      'App: HTTP TLS',
      { applicationProtocols: ['http/1.0', 'http/1.1', 'h2c', 'istio-http/1.0', 'istio-http/1.1', 'istio-h2'] },
    ],
    ['App: mysql', { applicationProtocols: ['mysql'] }],
    ['Addr: *:8080', { destinationPort: 8080 }],
    [
      'Addr: 10.0.0.0/8,192.168.0.1/32:80',
      {
        destinationPort: 80,
        prefixRanges: [
          { addressPrefix: '10.0.0.0', prefixLen: 8 },
          { addressPrefix: '192.168.0.1', prefixLen: 32 },
        ],
      },
    ],
    ['Addr: 10.1.2.3/0', { prefixRanges: [{ addressPrefix: '10.1.2.3' }] }],
  ])('tell the match %s', (wanted, match) => {
    expect(cells(listenersTable(entriesOf(chain(match, tcp('a')), '')))).toEqual([
      `0.0.0.0 | 80 | ${wanted} | Cluster: a`,
    ]);
  });

  it.each<[string, JsonObject]>([
    ['Route: 80', http({ rds: { routeConfigName: '80' } })],
    ['HTTP', http({})],
    [
      'Cluster: inbound|80||',
      http({
        routeConfig: {
          virtualHosts: [{ domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'inbound|80||' } }] }],
        },
      }),
    ],
    [
      'Inline Route: a/b /get, PathPrefix:/x; regex .*',
      http({
        routeConfig: {
          virtualHosts: [
            { domains: ['a', 'b'], routes: [{ match: { path: '/get' } }, { match: { pathSeparatedPrefix: '/x' } }] },
            { domains: ['*'], routes: [{ match: { safeRegex: { regex: '.*' } } }] },
          ],
        },
      }),
    ],
    [
      'Inline Route: /*',
      http({
        routeConfig: {
          virtualHosts: [{ domains: ['*'], routes: [{ match: { prefix: '/' }, directResponse: { status: 503 } }] }],
        },
      }),
    ],
    ['PassthroughCluster', tcp('PassthroughCluster')],
    ['Non-HTTP/Non-TCP', tcp('BlackHoleCluster')],
    ['Non-HTTP/Non-TCP', { name: 'envoy.filters.network.redis_proxy' }],
  ])('lead to %s', (wanted, filter) => {
    expect(cells(listenersTable(entriesOf(chain({}, filter), '')))).toEqual([`0.0.0.0 | 80 | ALL | ${wanted}`]);
  });

  const several: JsonObject[] = [
    {
      name: 'b',
      address: socket('10.0.0.2', 443),
      additionalAddresses: [{ address: socket('10.0.0.3', 443) }],
      filterChains: [{ filters: [tcp('a')] }],
      defaultFilterChain: { filters: [tcp('z')] },
    },
    { name: 'a', address: socket('10.0.0.1', 443), filterChains: [{ filters: [http({})] }, { filters: [tcp('a')] }] },
    { name: 'u', address: { pipe: { path: '/run/x.sock' } }, filterChains: [{ filters: [tcp('BlackHoleCluster')] }] },
  ];

  it('come by port, then address; their chains by destination downwards, each with its place', () => {
    expect(listenersTable(entriesOf(several, '/listeners')).rows.map((r) => [r.cells.join(' '), r.at])).toEqual([
      ['/run/x.sock 0 ALL Non-HTTP/Non-TCP', '/listeners/2/filterChains/0'],
      ['10.0.0.1 443 ALL HTTP', '/listeners/1/filterChains/0'],
      ['10.0.0.1 443 ALL Cluster: a', '/listeners/1/filterChains/1'],
      ['10.0.0.2,10.0.0.3 443 ALL Cluster: z', '/listeners/0/defaultFilterChain'],
      ['10.0.0.2,10.0.0.3 443 ALL Cluster: a', '/listeners/0/filterChains/0'],
    ]);
  });

  it('tell only their type when asked to be short', () => {
    expect(cells(listenersTable(entriesOf(several, ''), { verbose: false, withType: true }))).toEqual([
      'listener/u | /run/x.sock | 0 | UNKNOWN',
      'listener/a | 10.0.0.1 | 443 | HTTP+TCP',
      'listener/b | 10.0.0.2,10.0.0.3 | 443 | TCP',
    ]);
  });
});

describe('routes', () => {
  const config = (name: string, domains: string[], routes: JsonObject[]): JsonObject => ({
    name,
    virtualHosts: [{ name: 'h', domains, routes }],
  });
  const toAll = { match: { prefix: '/' }, route: { cluster: 'a' } };

  it.each<[string, string[]]>([
    ['', []],
    ['a.example:80', ['a.example:80']],
    ['web, 10.96.0.1', ['web', 'web.svc.cluster.local', 'web.svc', '10.96.0.1', '10.96.0.1:80']],
    ['web.shop, web + 1 more...', ['web.shop.svc.cluster.local', 'web.shop', 'web', 'web.shop.svc', '10.96.0.1']],
    ['a.example, [fd00:10::1]', ['a.example', 'a.example:80', '[fd00:10::1]', '[fd00:10::1]:80']],
  ])('tell of domains %j', (wanted, domains) => {
    expect(routesTable(entriesOf([config('80', domains, [toAll])], '')).rows[0]?.cells[2]).toBe(wanted);
  });

  it.each<[string, JsonObject, string]>([
    ['a VirtualService', managed(virtualService), 'split.shop'],
    ['nothing', {}, ''],
    ['an object of another group', managed('/apis/security.istio.io/v1/namespaces/shop/x/y'), '<unknown>'],
    ['half a path', managed('/apis/networking.istio.io/v1/split'), ''],
  ])('name %s', (_what, metadata, wanted) => {
    expect(routesTable(entriesOf([config('80', ['*'], [{ ...toAll, metadata }])], '')).rows[0]?.cells[4]).toBe(wanted);
  });

  it('come with ports first, without what only passes through; a host without routes is a 404', () => {
    const through = { match: { prefix: '/' }, route: { cluster: 'PassthroughCluster' } };
    const list = [config('web:80', ['*'], [toAll]), config('9080', ['*'], []), config('80', ['*'], [through, toAll])];
    const table = routesTable(entriesOf(list, '/routes'));
    expect(cells(table)).toEqual(['80 | h | * | /* | ', '9080 | h | * | /* | 404', 'web:80 | h | * | /* | ']);
    expect(table.rows[0]?.at).toBe('/routes/2/virtualHosts/0/routes/1');
    expect(cells(routesTable(entriesOf(list, ''), { verbose: false }))).toEqual(['80 | 1', '9080 | 1', 'web:80 | 1']);
  });
});

describe('clusters and endpoints', () => {
  const named = (name: string, type?: string, metadata?: JsonObject): JsonObject => ({ name, type, metadata });

  it('come by host, subset, port and direction', () => {
    const list = [
      named('outbound|80|v1|b.shop', 'EDS', managed(virtualService.replace('virtual-service', 'destination-rule'))),
      named('outbound|9080||b.shop', 'EDS'),
      named('outbound|80||b.shop', 'EDS'),
      named('agent'),
      named('BlackHoleCluster', 'STATIC'),
      named('inbound|80||', 'ORIGINAL_DST'),
    ];
    expect(cells(clustersTable(entriesOf(list, '')))).toEqual([
      ' | 80 | - | inbound | ORIGINAL_DST | ',
      'BlackHoleCluster | - | - | - | STATIC | ',
      'agent | - | - | - | STATIC | ',
      'b.shop | 80 | - | outbound | EDS | ',
      'b.shop | 9080 | - | outbound | EDS | ',
      'b.shop | 80 | v1 | outbound | EDS | split.shop',
    ]);
    expect(clustersTable(entriesOf(list, ''), { withType: true }).rows[1]?.cells.slice(0, 2)).toEqual([
      'cluster/BlackHoleCluster',
      'cluster/BlackHoleCluster',
    ]);
  });

  const assigned = (clusterName: string, lbEndpoints: JsonObject[], locality?: JsonObject): JsonObject => ({
    clusterName,
    endpoints: [{ locality, lbEndpoints }],
  });
  const at = (address: JsonObject, healthStatus?: string): JsonObject => ({ endpoint: { address }, healthStatus });
  const list = [
    assigned(
      'outbound|80||b',
      [at(socket('10.0.0.9', 80), 'HEALTHY'), at(socket('10.0.0.1', 90), 'DRAINING'), at(socket('10.0.0.1', 80))],
      { region: 'eu', zone: 'eu-1', subZone: 'rack' },
    ),
    assigned(
      'outbound|80||a',
      [
        at({ pipe: { path: '/s' } }, 'DEGRADED'),
        at({ envoyInternalAddress: { serverListenerName: 'l', endpointId: 'x:1' } }),
      ],
      { region: 'eu', subZone: 'rack' },
    ),
  ];

  it('endpoints are told as Envoy would right after it got them', () => {
    expect(cells(endpointsTable(hostsOf(entriesOf(list, ''))))).toEqual([
      '10.0.0.1:80 | HEALTHY | OK | outbound|80||b',
      '10.0.0.1:90 | UNHEALTHY | OK | outbound|80||b',
      '10.0.0.9:80 | HEALTHY | OK | outbound|80||b',
      'envoy://l/x:1 | HEALTHY | OK | outbound|80||a',
      'unix:///s | DEGRADED | OK | outbound|80||a',
    ]);
    expect(cells(endpointLocalitiesTable(entriesOf(list, '')))).toEqual([
      '/s | DEGRADED | eu | outbound|80||a',
      'envoy://l/x:1 | UNKNOWN | eu | outbound|80||a',
      '10.0.0.9:80 | HEALTHY | eu/eu-1/rack | outbound|80||b',
      '10.0.0.1:90 | DRAINING | eu/eu-1/rack | outbound|80||b',
      '10.0.0.1:80 | UNKNOWN | eu/eu-1/rack | outbound|80||b',
    ]);
  });

  it("hosts of Envoy's /clusters keep what Envoy says of them", () => {
    const hosts = hostsOfClusters({
      cluster_statuses: [
        {
          name: 'a',
          host_statuses: [
            {
              address: { socket_address: { address: '10.0.0.1', port_value: 80 } },
              health_status: { eds_health_status: 'HEALTHY', failed_outlier_check: true },
            },
            { address: {}, health_status: {} },
          ],
        },
      ],
    });
    expect(cells(endpointsTable(hosts))).toEqual(['10.0.0.1:80 | HEALTHY | FAILED | a', 'unknown | UNKNOWN | OK | a']);
  });
});
