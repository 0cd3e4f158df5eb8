import { describe, expect, it } from 'vitest';
import { meshOf, shop } from '../../../../test/support/istiod-mesh.ts';
import { isObject, type JsonObject, objects, strings } from '../../../json.ts';
import { xds } from '../xds.ts';

/** A gateway whose Service translates ports 80 and 443. */
const ingress = `
{apiVersion: v1, kind: Service, metadata: {name: ingress, namespace: shop}, spec: {clusterIP: 10.96.0.9, selector: {istio: ingress},
  ports: [{name: http, port: 80, targetPort: 8080}, {name: https, port: 443, targetPort: 8443}, {name: tls, port: 15443}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: ingress, namespace: shop, labels: {istio: ingress}, annotations: {inject.istio.io/templates: gateway}},
  spec: {containers: [{name: istio-proxy}]}, status: {podIP: 10.244.9.1, conditions: [{type: Ready, status: 'True'}]}}
---
{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: ingress-1, namespace: shop, labels: {kubernetes.io/service-name: ingress}},
  addressType: IPv4, ports: [{name: http, port: 8080}, {name: https, port: 8443}, {name: tls, port: 15443}],
  endpoints: [{addresses: [10.244.9.1], conditions: {ready: true}, targetRef: {kind: Pod, name: ingress}}]}`;

const gateway = (name: string, servers: string, more = 'namespace: shop') =>
  `{apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: ${name}, ${more}}, spec: {selector: {istio: ingress}, servers: [${servers}]}}`;
const http = (hosts: string, more = '') => `{port: {number: 80, name: http, protocol: HTTP}, hosts: [${hosts}]${more}}`;
const https = (hosts: string, tls: string, name = 'https', more = '') =>
  `{port: {number: 443, name: ${name}, protocol: HTTPS}, hosts: [${hosts}], tls: {${tls}}${more}}`;
const virtualService = (name: string, spec: string, namespace = 'shop') =>
  `{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: ${name}, namespace: ${namespace}}, spec: {${spec}}}`;
const toCatalog = '{destination: {host: catalog.shop.svc.cluster.local, port: {number: 80}}}';
const all = (hosts: string, gateways = 'a') =>
  virtualService('vs', `hosts: [${hosts}], gateways: [${gateways}], http: [{route: [${toCatalog}]}]`);

const built = (documents: readonly string[], mesh: JsonObject = {}) => {
  const { snapshot, proxy } = meshOf([shop, ingress, ...documents].join('\n---\n'), { pod: 'ingress', mesh });
  expect(proxy.type).toBe('router');
  return xds(snapshot, proxy);
};

/** Listeners as `name: server names → what they lead to`. */
function listenersOf(documents: readonly string[], mesh: JsonObject = {}): { [listener: string]: string[] } {
  const { listeners } = built(documents, mesh);
  return Object.fromEntries(listeners.map((l) => [String(l.name), objects(l.filterChains).map(chainText)]));
}

function chainText({ filterChainMatch: match, filters, transportSocket }: JsonObject): string {
  const last = objects(filters).at(-1)?.typedConfig as JsonObject;
  const rds = isObject(last.rds) ? String(last.rds.routeConfigName) : '';
  const names = isObject(match) ? strings(match.serverNames).join(',') : '';
  return `${names || '*'} ${transportSocket ? 'TLS ' : ''}→ ${rds || String(last.cluster)}`;
}

/** Virtual hosts as `domains: number of routes`. */
const hostsOf = (documents: readonly string[], route = 'http.8080') =>
  Object.fromEntries(
    objects(built(documents).routes.find((r) => r.name === route)?.virtualHosts).map((h) => [
      strings(h.domains).join(','),
      h.requireTls ? `${objects(h.routes).length}, redirects` : String(objects(h.routes).length),
    ]),
  );

const simple = 'mode: SIMPLE, credentialName: cert';

/** As pilot/pkg/model/gateway.go (mergeGateways) and pilot/pkg/networking/core/gateway.go have it. */
describe('servers of several Gateways', () => {
  it.each<[string, string[], { [listener: string]: string[] }]>([
    ['no Gateway, no listener', [], {}],
    [
      'the port of a server is that of a Service, whose target is listened on',
      [gateway('a', http('a.test'))],
      { '0.0.0.0_8080': ['* → http.8080'] },
    ],
    [
      'a port that no Service has is listened on as it is',
      [gateway('a', '{port: {number: 9000, name: http, protocol: HTTP}, hosts: [a.test]}')],
      { '0.0.0.0_9000': ['* → http.9000'] },
    ],
    [
      'plain HTTP of one port is one listener',
      [gateway('a', http('a.test')), gateway('b', http('b.test'))],
      { '0.0.0.0_8080': ['* → http.8080'] },
    ],
    [
      'TCP on the port of an older HTTP server is left out',
      [gateway('a', http('a.test')), gateway('b', `{port: {number: 80, name: tcp, protocol: TCP}, hosts: ['*']}`)],
      { '0.0.0.0_8080': ['* → http.8080'] },
    ],
    [
      'each HTTPS server has a chain and routes of its own',
      [gateway('a', `${https('a.test', simple)}, ${https('b.test', simple, 'other')}`)],
      { '0.0.0.0_8443': ['a.test TLS → https.443.https.a.shop', 'b.test TLS → https.443.other.a.shop'] },
    ],
    [
      'the younger of two HTTPS servers of one host is left out, with its other hosts',
      [gateway('a', https('a.test', simple)), gateway('b', https('a.test, b.test', simple))],
      { '0.0.0.0_8443': ['a.test TLS → https.443.https.a.shop'] },
    ],
    [
      'an address of its own is a listener of its own',
      [gateway('a', `${https('a.test', simple)}, ${https('a.test', simple, 'other', ', bind: 10.0.0.1')}`)],
      {
        '0.0.0.0_8443': ['a.test TLS → https.443.https.a.shop'],
        '10.0.0.1_8443': ['a.test TLS → https.443.other.a.shop.10.0.0.1'],
      },
    ],
    [
      'HTTPS without TLS is not listened on',
      [gateway('a', '{port: {number: 443, name: h, protocol: HTTPS}, hosts: [a.test]}')],
      {},
    ],
    [
      'a Gateway of another selector is not for this proxy',
      [gateway('a', http('a.test')).replace('ingress', 'egress')],
      {},
    ],
    [
      'passthrough has a chain for each match of a TLS route',
      [
        gateway('a', https('"*.test"', 'mode: PASSTHROUGH')),
        virtualService(
          'vs',
          `hosts: [a.test, b.test], gateways: [a], tls: [{match: [{sniHosts: [a.test]}, {sniHosts: [b.test]}], route: [${toCatalog}]}]`,
        ),
      ],
      {
        '0.0.0.0_8443': [
          'a.test → outbound|80||catalog.shop.svc.cluster.local',
          'b.test → outbound|80||catalog.shop.svc.cluster.local',
        ],
      },
    ],
    [
      'TCP without a route is not listened on',
      [gateway('a', `{port: {number: 9000, name: t, protocol: TCP}, hosts: ['*']}`)],
      {},
    ],
    [
      'TCP leads to the first route that fits',
      [
        gateway('a', `{port: {number: 9000, name: t, protocol: TCP}, hosts: ['*']}`),
        virtualService(
          'vs',
          `hosts: ['*'], gateways: [a], tcp: [{match: [{port: 9001}], route: [{destination: {host: web}}]}, {match: [{port: 9000}], route: [${toCatalog}]}]`,
        ),
      ],
      { '0.0.0.0_9000': ['* → outbound|80||catalog.shop.svc.cluster.local'] },
    ],
    [
      'TLS that ends here carries connections',
      [
        gateway('a', `{port: {number: 9000, name: t, protocol: TLS}, hosts: [a.test], tls: {${simple}}}`),
        virtualService('vs', `hosts: [a.test], gateways: [a], tcp: [{route: [${toCatalog}]}]`),
      ],
      { '0.0.0.0_9000': ['a.test TLS → outbound|80||catalog.shop.svc.cluster.local'] },
    ],
  ])('%s', (_, documents, expected) => {
    expect(listenersOf(documents)).toEqual(expected);
  });

  it('asks for the client as the mode says', () => {
    const tlsOf = (tls: string) => {
      const [listener] = built([gateway('a', https('a.test', tls))]).listeners;
      const socket = objects(listener?.filterChains)[0]?.transportSocket as JsonObject;
      const { commonTlsContext, requireClientCertificate } = socket.typedConfig as JsonObject;
      const { combinedValidationContext, validationContextSdsSecretConfig } = commonTlsContext as JsonObject;
      return [requireClientCertificate, Boolean(combinedValidationContext ?? validationContextSdsSecretConfig)];
    };
    expect(tlsOf(simple)).toEqual([false, false]);
    expect(tlsOf('mode: MUTUAL, credentialName: cert')).toEqual([true, true]);
    expect(tlsOf('mode: OPTIONAL_MUTUAL, credentialName: cert')).toEqual([false, true]);
    expect(tlsOf('mode: ISTIO_MUTUAL')).toEqual([true, true]);
  });

  it('expects the PROXY protocol before TLS, where the mesh says so', () => {
    const mesh = { defaultConfig: { gatewayTopology: { proxyProtocol: {} } } };
    const [listener] = built([gateway('a', https('a.test', simple))], mesh).listeners;
    expect(objects(listener?.listenerFilters).map((f) => f.name)).toEqual([
      'envoy.filters.listener.proxy_protocol',
      'envoy.filters.listener.tls_inspector',
    ]);
  });

  it('passes mutual TLS of the mesh on by server name, after policies', () => {
    const documents = [
      gateway(
        'a',
        `{port: {number: 15443, name: tls, protocol: TLS}, hosts: ["*.local"], tls: {mode: AUTO_PASSTHROUGH}}`,
      ),
      '{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: none, namespace: shop}, spec: {}}',
    ];
    const [listener] = built(documents).listeners;
    const chains = objects(listener?.filterChains);
    expect(chains.map(chainText)).toContain(
      'outbound_.80_._.catalog.shop.svc.cluster.local → outbound_.80_._.catalog.shop.svc.cluster.local',
    );
    expect(objects(chains[0]?.filters).map((f) => f.name)).toContain('envoy.filters.network.rbac');
    expect(built(documents).clusters.map((c) => c.name)).toContain('outbound_.80_._.catalog.shop.svc.cluster.local');
  });
});

/** buildGatewayHTTPRouteConfig. */
describe('hosts of a gateway', () => {
  it.each<[string, string[], { [domains: string]: string }]>([
    ['without a route: nothing is found', [gateway('a', http('a.test'))], { '*': '0' }],
    ['what both name', [gateway('a', http('"*.test"')), all('a.test, b.example')], { 'a.test': '1' }],
    ['the more specific of both', [gateway('a', http('a.test')), all('"*.test"')], { 'a.test': '1' }],
    ['hosts of the same routes are one', [gateway('a', http('"*"')), all('a.test, b.test')], { 'a.test,b.test': '1' }],
    [
      'of one namespace only',
      [gateway('a', http('other/a.test, shop/b.test')), all('a.test, b.test')],
      { 'b.test': '1' },
    ],
    ['the own namespace', [gateway('a', http('./a.test')), all('a.test')], { 'a.test': '1' }],
    ['any namespace', [gateway('a', http('"*/*"')), all('a.test')], { 'a.test': '1' }],
    ['a VirtualService of another gateway', [gateway('a', http('"*"')), all('a.test', 'mesh')], { '*': '0' }],
    [
      'of two VirtualServices of one host, the older first',
      [gateway('a', http('"*"')), all('a.test'), all('a.test').replace('name: vs', 'name: younger')],
      { 'a.test': '2' },
    ],
    [
      'to TLS, with and without routes',
      [gateway('a', http('a.test, b.test', ', tls: {httpsRedirect: true}')), all('a.test')],
      { 'a.test': '1, redirects', 'b.test': '0, redirects' },
    ],
  ])('%s', (_, documents, expected) => {
    expect(hostsOf(documents)).toEqual(expected);
  });
});

describe('extensions of a gateway', () => {
  const filter = (match: string, value: string) =>
    `{apiVersion: networking.istio.io/v1alpha3, kind: EnvoyFilter, metadata: {name: f, namespace: shop}, spec: {configPatches: [
      {applyTo: ROUTE_CONFIGURATION, match: {context: GATEWAY, routeConfiguration: {${match}}}, patch: {operation: MERGE, value: ${value}}}]}}`;
  const documents = [gateway('a', `${http('a.test')}, ${https('a.test', simple)}`), all('a.test')];
  const patched = (match: string) =>
    built([...documents, filter(match, '{request_headers_to_remove: [x-a]}')])
      .routes.filter((r) => r.requestHeadersToRemove)
      .map((r) => r.name);

  it.each<[string, string[]]>([
    ['', ['http.8080', 'https.443.https.a.shop']],
    ['name: http.8080', ['http.8080']],
    // The port of the Gateway, not that of the workload.
    ['portNumber: 80', ['http.8080']],
    ['portNumber: 8080', []],
    ['portNumber: 443', ['https.443.https.a.shop']],
    ['gateway: shop/a', ['https.443.https.a.shop']],
    ['portName: https', ['https.443.https.a.shop']],
    ['portName: other', []],
  ])('patches routes matched by {%s}', (match, expected) => {
    expect(patched(match)).toEqual(expected);
  });

  it('network extensions come before HTTP, once for all chains that end HTTPS', () => {
    const wasm =
      '{apiVersion: extensions.istio.io/v1alpha1, kind: WasmPlugin, metadata: {name: w, namespace: shop}, spec: {type: NETWORK, url: oci://a/b:1}}';
    const servers = `${http('a.test')}, ${https('a.test', simple)}, ${https('b.test', simple, 'other')}`;
    const { listeners } = built([gateway('a', servers), wasm]);
    const filters = listeners.map((l) => objects(l.filterChains).map((c) => objects(c.filters).map((f) => f.name)));
    const [own, manager] = [
      'extensions.istio.io/trafficextension/shop.w~istio-translated-wasmplugin',
      'envoy.filters.network.http_connection_manager',
    ];
    expect(filters).toEqual([[[own, manager]], [[own, manager], [manager]]]);
  });
});
