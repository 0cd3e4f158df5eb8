import { describe, expect, it } from 'vitest';
import { goldenProxies } from '../../host/envoy/testing/golden.ts';
import type { JsonObject } from '../../json.ts';
import { createMeshSim } from '../mesh-sim.ts';
import { config, hcm, listener, router, tcpProxy, typed } from '../testing/mini.ts';

/** What one proxy with this configuration says of it. */
function told(parts: Parameters<typeof config>[0]): string[] {
  const sim = createMeshSim({ seed: 1, issue: () => undefined, dns: () => [] });
  sim.addProxy({ id: 'n', ip: '10.0.0.1', metadata: {} });
  for (let n = 0; n < 2; n++) sim.update('n', config(parts));
  expect(sim.admin('n').rejections()).toEqual([]);
  return sim
    .admin('n')
    .reports()
    .map(
      (p) =>
        `${p.what.replace(' is not interpreted in place sim', '')} at ${p.where && 'object' in p.where ? p.where.object : ''}`,
    );
}

const chain = (filter: JsonObject): JsonObject => ({ filterChains: [{ filters: [filter] }] });
const routes = (route: JsonObject): JsonObject => ({
  routeConfig: { virtualHosts: [{ name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, ...route }] }] },
});
const inListener = (value: JsonObject) => ({ listeners: [listener('l', 80, value)] });
const inRoute = (route: JsonObject) => inListener(chain(hcm(routes(route))));

describe('what is not interpreted is told, once and with its place', () => {
  it.each<[string, Parameters<typeof config>[0], string[]]>([
    ['nothing', inRoute({ route: { cluster: 'c' } }), []],
    [
      'a field of a listener',
      inListener({ ...chain(tcpProxy({ cluster: 'c' })), udpListenerConfig: {} }),
      ['udpListenerConfig of Listener at /listeners/0/udpListenerConfig'],
    ],
    [
      'a listener filter',
      inListener({
        ...chain(tcpProxy({ cluster: 'c' })),
        listenerFilters: [{ name: 'x', typedConfig: typed('a.b.C') }],
      }),
      ['listener filter x (a.b.C) at /listeners/0/listenerFilters/0'],
    ],
    [
      'a field of the connection manager',
      inListener(chain(hcm({ ...routes({ route: { cluster: 'c' } }), localReplyConfig: {} }))),
      [
        'localReplyConfig of HttpConnectionManager at /listeners/0/filterChains/0/filters/0/typedConfig/localReplyConfig',
      ],
    ],
    [
      'an HTTP filter',
      inListener(
        chain(
          hcm({
            ...routes({ route: { cluster: 'c' } }),
            httpFilters: [{ name: 'x', typedConfig: typed('a.b.C') }, router],
          }),
        ),
      ),
      ['HTTP filter x (a.b.C) at /listeners/0/filterChains/0/filters/0/typedConfig/httpFilters/0'],
    ],
    [
      'a network filter',
      inListener({
        filterChains: [{ filters: [{ name: 'x', typedConfig: typed('a.b.C') }, tcpProxy({ cluster: 'c' })] }],
      }),
      ['network filter x (a.b.C) at /listeners/0/filterChains/0/filters/0'],
    ],
    [
      'tcp_proxy',
      inListener(chain(tcpProxy({ cluster: 'c', tunnelingConfig: { hostname: 'x', usePost: true } }))),
      ['usePost of TunnelingConfig at /listeners/0/filterChains/0/filters/0/typedConfig/tunnelingConfig/usePost'],
    ],
    [
      'a field of a route, in snake case',
      inRoute({ route: { cluster: 'c', early_data_policy: {} } }),
      [
        'earlyDataPolicy of RouteAction at /listeners/0/filterChains/0/filters/0/typedConfig/routeConfig/virtualHosts/0/routes/0/route/early_data_policy',
      ],
    ],
    [
      'a field of a cluster',
      { clusters: [{ name: 'c', loadStatsConfig: {} }] },
      ['loadStatsConfig of Cluster at /clusters/0/loadStatsConfig'],
    ],
    [
      'the same of two clusters once',
      {
        clusters: [
          { name: 'c', healthChecks: [{}] },
          { name: 'd', healthChecks: [{}] },
        ],
      },
      ['healthChecks at /clusters/0/healthChecks'],
    ],
    [
      'a field deep in a cluster',
      { clusters: [{ name: 'c', commonLbConfig: { zoneAwareLbConfig: {} } }] },
      ['zoneAwareLbConfig of CommonLbConfig at /clusters/0/commonLbConfig/zoneAwareLbConfig'],
    ],
    [
      'a field of an endpoint',
      { clusters: [{ name: 'c', loadAssignment: { endpoints: [{ lbEndpoints: [{ endpointName: 'x' }] }] } }] },
      ['endpointName of LbEndpoint at /clusters/0/loadAssignment/endpoints/0/lbEndpoints/0/endpointName'],
    ],
  ])('%s', (_, parts, expected) => expect(told(parts)).toEqual(expected));

  it('of all that istiod writes, this', () => {
    const all = goldenProxies().flatMap(({ scenario, config: given }) => {
      const sim = createMeshSim({ seed: 1, issue: () => undefined, dns: () => [] });
      sim.addProxy({ id: 'n', ip: '10.0.0.1', metadata: {} });
      sim.update('n', config(given));
      return [...sim.admin('n').reports(), ...sim.admin('n').rejections()].map(
        (p) => `${scenario.slice(0, 3)} ${p.what.replace(' is not interpreted in place sim', '')}`,
      );
    });
    expect([...new Set(all)].sort()).toEqual([
      'a14 HTTP filter envoy.filters.http.ext_authz (envoy.extensions.filters.http.ext_authz.v3.ExtAuthz)',
      'a14 network filter envoy.filters.network.ext_authz (envoy.extensions.filters.network.ext_authz.v3.ExtAuthz)',
      'a16 HTTP filter envoy.filters.http.lua (envoy.extensions.filters.http.lua.v3.Lua)',
      'a16 HTTP filter extensions.istio.io/trafficextension/shop.basic-auth~istio-translated-wasmplugin ()',
      'a16 access log filter extensionFilter envoy.access_loggers.extension_filters.cel',
      'a16 access logger envoy.access_loggers.open_telemetry (envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig)',
      'a16 dimensions of requests_total',
      'a18 headersToAdd of TunnelingConfig',
    ]);
  });
});
