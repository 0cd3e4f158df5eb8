import { describe, expect, it } from 'vitest';
import type { XdsConfig } from '../../istiod/xds/types.ts';
import type { JsonObject } from '../../json.ts';
import { localise } from './localise.ts';
import type { LocalConfig } from './place.ts';
import { cluster, endpointAt, extension, filter, http, listener, log, tls } from './testing/hostile.ts';
import { someConfig, somePlace, someProxy } from './testing/some.ts';
import { messagesOfType, typeUrl } from './walk.ts';

const run = (config: Partial<XdsConfig>) => localise(someConfig(config), someProxy, somePlace());
const first = (list: JsonObject[]): JsonObject => list[0] ?? {};
const hcm = (local: LocalConfig) =>
  first(
    messagesOfType(
      local.listeners,
      'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    ),
  );
const address = (ip: string, portValue = 3000) => ({ socketAddress: { address: ip, portValue } });
const endpoint = (local: LocalConfig) => JSON.stringify(first(local.clusters).loadAssignment);
const tcpTo = (name: string): JsonObject => ({
  filters: [
    {
      name: 'tcp',
      typedConfig: { '@type': extension('filters.network.tcp_proxy.v3.TcpProxy'), statPrefix: 'x', cluster: name },
    },
  ],
});
const istioAlpn = tls({ alpnProtocols: ['istio-peer-exchange', 'istio'] });
const alpnOf = (local: LocalConfig) =>
  messagesOfType(local.clusters, 'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext').map(
    (c) => (c.commonTlsContext as JsonObject).alpnProtocols,
  );
/** One line per rule: what goes in, what to look at, what it must be. */
const table: [rule: string, config: Partial<XdsConfig>, look: (local: LocalConfig) => unknown, expected: unknown][] = [
  [
    'istioFilters: the filter goes',
    http({}, [
      {
        name: 'istio.alpn',
        typedConfig: { '@type': typeUrl('istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig') },
      },
    ]),
    (l) => hcm(l).httpFilters,
    [],
  ],
  [
    'istioFilters: inside of a TypedStruct as well',
    cluster({
      filters: [
        {
          name: 'istio.metadata_exchange',
          typedConfig: {
            '@type': typeUrl('udpa.type.v1.TypedStruct'),
            typeUrl: typeUrl('envoy.tcp.metadataexchange.config.MetadataExchange'),
            value: {},
          },
        },
      ],
    }),
    (l) => 'filters' in first(l.clusters),
    false,
  ],
  [
    'istioFilters: istio.stats becomes the stats logger',
    http({}, [{ name: 'istio.stats', typedConfig: { '@type': typeUrl('stats.PluginConfig') } }]),
    (l) => messagesOfType(hcm(l).accessLog, 'envoy.extensions.access_loggers.stats.v3.Config').map((c) => c.statPrefix),
    ['istio'],
  ],
  [
    'factoryKeys',
    filter('filters.http.set_filter_state.v3.Config', { onRequestHeaders: [{ factoryKey: 'istio.hashable_string' }] }),
    (l) => JSON.stringify(l).includes('"envoy.hashable_string"'),
    true,
  ],
  [
    'directRemoteIp',
    filter('filters.http.rbac.v3.RBAC', {
      rules: { policies: { p: { principals: [{ directRemoteIp: { addressPrefix: '10.0.0.0', prefixLen: 8 } }] } } },
    }),
    (l) => /"principals":\[\{"sourceIp":\{"addressPrefix":"10.0.0.0"/.test(JSON.stringify(l)),
    true,
  ],
  ['alpn: istiod’s mutual TLS', cluster(istioAlpn), alpnOf, [['istio-http/1.1', 'istio']]],
  [
    'alpn: a tcp_proxy to such a cluster overrides it',
    { ...cluster(istioAlpn), ...listener({ filterChains: [tcpTo('c')] }) },
    (l) => [alpnOf(l), JSON.stringify(l.listeners).includes('"istio-peer-exchange,istio"')],
    [[['istio-http/1.1', 'istio']], true],
  ],
  ['alpn: TLS of a DestinationRule', cluster(tls({ alpnProtocols: ['h2'] })), alpnOf, [['h2']]],
  [
    'accessLogs: standard output',
    log('access_loggers.file.v3.FileAccessLog', { path: '/dev/stdout', format: 'x\n' }),
    (l) => messagesOfType(l.listeners, 'envoy.extensions.access_loggers.stream.v3.StdoutAccessLog'),
    [
      {
        '@type': extension('access_loggers.stream.v3.StdoutAccessLog'),
        logFormat: { textFormatSource: { inlineString: 'x\n' } },
      },
    ],
  ],
  [
    'accessLogs: a file in the pod’s folder stays',
    log('access_loggers.file.v3.FileAccessLog', { path: '/run/mesh-labs/r1/shop.web/a.log' }),
    (l) => [JSON.stringify(l).includes('shop.web/a.log'), l.problems],
    [true, []],
  ],
  [
    'wasm: V8 only',
    filter('filters.http.wasm.v3.Wasm', {
      config: { vmConfig: { runtime: 'x', code: { local: { filename: '/run/mesh-labs/r1/shop.web/a.wasm' } } } },
    }),
    (l) => [JSON.stringify(l).includes('envoy.wasm.runtime.v8'), l.problems],
    [true, []],
  ],
  [
    'lua: no libraries of the machine',
    filter('filters.http.lua.v3.Lua', { inlineCode: 'x()' }),
    (l) => /inlineCode":"os=nil io=nil .*; x\(\)"/.test(JSON.stringify(l)),
    true,
  ],
  [
    'configSources: EDS',
    cluster({ type: 'EDS', edsClusterConfig: { edsConfig: { ads: {} } } }),
    (l) => JSON.stringify(first(l.clusters)).includes('"apiType":"REST"'),
    true,
  ],
  [
    'configSources: RDS',
    http({ rds: { routeConfigName: '80', configSource: { ads: {} } } }),
    (l) => JSON.stringify(hcm(l).rds).includes('"apiType":"REST"'),
    true,
  ],
  [
    'hosts: the addresses that the run knows',
    cluster({ type: 'STRICT_DNS', ...endpointAt(address('api.pay.example')) }),
    (l) => /"hostname":"api.pay.example".*"local":"240.240.0.1:3000"/.test(endpoint(l)),
    true,
  ],
  [
    'hosts: none for an unknown name',
    cluster({ type: 'LOGICAL_DNS', ...endpointAt(address('nowhere.test')) }),
    endpoint,
    '{"clusterName":"c","endpoints":[{"lbEndpoints":[]}]}',
  ],
  [
    'fabric: a pod with a proxy',
    cluster(endpointAt(address('10.244.1.12'))),
    (l) => /"endpointId":"10.244.1.12:3000".*"local":"10.244.1.12:3000".*"meshLabsReal":"31002"/.test(endpoint(l)),
    true,
  ],
  [
    'fabric: anything else is the world’s',
    cluster(endpointAt(address('10.244.9.9'))),
    (l) => /"meshLabsReal":"world"/.test(endpoint(l)),
    true,
  ],
  [
    'fabric: IPv6',
    cluster(endpointAt(address('fd00::7'))),
    (l) => /"local":"\[fd00::7\]:3000"/.test(endpoint(l)),
    true,
  ],
  [
    'fabric: the cluster of real ports',
    cluster(endpointAt(address('10.244.1.12'))),
    (l) => JSON.stringify(l.endpoints).match(/"portValue":\d+/g),
    ['"portValue":30001', '"portValue":31002'],
  ],
  [
    'fabric: each match is wrapped',
    cluster({ transportSocketMatches: [{ name: 'm', match: {}, ...istioAlpn }] }),
    (l) =>
      messagesOfType(
        first(l.clusters),
        'envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport',
      ).length,
    1,
  ],
  [
    'originalDstClusters: the app',
    cluster({
      name: 'inbound|8080||',
      type: 'ORIGINAL_DST',
      upstreamBindConfig: { sourceAddress: { address: '127.0.0.6', portValue: 0 } },
    }),
    (l) => [endpoint(l).includes('/shop.web/app-8080.sock'), l.problems],
    [true, []],
  ],
  [
    'originalDstClusters: an app that a Sidecar places elsewhere',
    cluster({ name: 'inbound|80||', ...endpointAt(address('127.0.0.1', 8081)) }),
    (l) => endpoint(l).includes('/shop.web/app-8081.sock'),
    true,
  ],
  [
    'originalDstClusters: an app on a Unix socket',
    cluster({ name: 'inbound|80||', ...endpointAt({ pipe: { path: '/var/run/app.sock' } }) }),
    (l) => endpoint(l).includes('/shop.web/unix-var-run-app-sock'),
    true,
  ],
  [
    'originalDstClusters: passthrough',
    cluster({ name: 'PassthroughCluster', type: 'ORIGINAL_DST' }),
    (l) => [endpoint(l).includes('"portValue":30001'), JSON.stringify(first(l.clusters)).match(/"type":22[45]/g)],
    [true, ['"type":224']],
  ],
  [
    'originalDstClusters: passthrough of the own inbound',
    cluster({ name: 'InboundPassthroughCluster', type: 'ORIGINAL_DST' }),
    (l) => JSON.stringify(first(l.clusters)).match(/"type":22[45]/g),
    ['"type":224', '"type":225'],
  ],
  [
    'listeners: capture',
    listener({ name: 'virtualOutbound', useOriginalDst: true }),
    (l) => [first(l.listeners).address, l.bound],
    [{ pipe: { path: '/run/mesh-labs/r1/shop.web/out.sock', mode: 0o600 } }, []],
  ],
  [
    'listeners: bound ones',
    listener({}),
    (l) => [first(l.listeners).address, l.bound],
    [{ socketAddress: { address: '127.0.0.1', portValue: 0 } }, [{ name: 'l', port: 80 }]],
  ],
  [
    'listeners: handed over ones stay',
    listener({ bindToPort: false }),
    (l) => first(l.listeners).address,
    { socketAddress: { address: '0.0.0.0', portValue: 80 } },
  ],
  [
    'extensions: a filter whose configuration is missing',
    http({}, [{ name: 'x', configDiscovery: { configSource: { ads: {} }, typeUrls: [] } }]),
    (l) => [hcm(l).httpFilters, l.problems.length],
    [[], 1],
  ],
  [
    'extensions: a filter whose configuration is there',
    {
      ...http({}, [{ name: 'x', configDiscovery: { configSource: { ads: {} }, typeUrls: [] } }]),
      extensionConfigs: [{ name: 'x', typedConfig: { '@type': extension('filters.http.buffer.v3.Buffer') } }],
    },
    (l) => (hcm(l).httpFilters as JsonObject[]).length,
    1,
  ],
];

describe('rules of localise', () => {
  it.for(table)('%s', ([, config, look, expected]) => {
    expect(look(run(config))).toEqual(expected);
  });

  it('leave the input as it is', () => {
    const config = someConfig(cluster(endpointAt(address('10.244.1.12'))));
    const before = JSON.stringify(config);
    localise(config, someProxy, somePlace());
    expect(JSON.stringify(config)).toBe(before);
  });
});
