import { describe, expect, it } from 'vitest';
import { objectsOf, shop } from '../../../test/support/istiod-mesh.ts';
import type { Json, JsonObject } from '../../json.ts';
import { installedMeshConfig } from '../mesh-config.ts';
import { buildSnapshot } from '../snapshot/build.ts';
import { proxyOf } from '../snapshot/proxy-of.ts';
import { xds } from './xds.ts';

/** Pointers of `web` that settings of the mesh caused, without indexes, and the settings. */
function causes(mesh: JsonObject, objects = ''): Set<string> {
  const snapshot = buildSnapshot(objectsOf(`${shop}\n---\n${objects}`), installedMeshConfig(mesh));
  const pod = snapshot.pods.byName.get('shop/web-v1');
  if (!pod) throw new Error('no pod');
  const { origins } = xds(snapshot, proxyOf(pod, snapshot));
  const found = [...origins].filter(([, origin]) => origin.kind === 'MeshConfig');
  return new Set(found.map(([at, { field }]) => `${at.split('/')[1]} ${at.split('/').at(-1)} <- ${field}`));
}

const defaultConfig: [field: string, setting: string, value: Json][] = [
  ['listeners serverName', 'proxyHeaders.server.value', 'nobody'],
  ['listeners serverHeaderTransformation', 'proxyHeaders.server.disabled', true],
  ['listeners generateRequestId', 'proxyHeaders.requestId.disabled', true],
  ['listeners suppressEnvoyHeaders', 'proxyHeaders.envoyDebugHeaders.disabled', true],
  ['listeners forwardClientCertDetails', 'proxyHeaders.forwardedClientCert', 'SANITIZE_SET'],
  ['listeners skip_external_clusters', 'proxyHeaders.metadataExchangeHeaders.mode', 'IN_MESH'],
  ['listeners headerKeyFormat', 'proxyHeaders.preserveHttp1HeaderCase', true],
  ['listeners randomSampling', 'tracing.sampling', 50],
  ['routes appendXForwardedHost', 'proxyHeaders.xForwardedHost.enabled', true],
];

describe('settings of the mesh are causes', () => {
  it.each<[string, JsonObject]>([
    ['clusters connectTimeout <- connectTimeout', { connectTimeout: '3s' }],
    ['clusters upstreamConnectionOptions <- tcpKeepalive', { tcpKeepalive: { probes: 3 } }],
    [
      'clusters maxRequests <- defaultTrafficPolicy.connectionPool.http.http2MaxRequests',
      { defaultTrafficPolicy: { connectionPool: { http: { http2MaxRequests: 7 } } } },
    ],
    ['clusters altStatName <- outboundClusterStatName', { outboundClusterStatName: '%SERVICE%' }],
    ['clusters altStatName <- inboundClusterStatName', { inboundClusterStatName: '%SERVICE%' }],
    ['clusters matchSubjectAltNames <- trustDomainAliases', { trustDomainAliases: ['old'] }],
    ['routes retryPolicy <- defaultHttpRetryPolicy', { defaultHttpRetryPolicy: { attempts: 4 } }],
    ['routes name <- outboundTrafficPolicy.mode', { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } }],
    ['listeners filters <- outboundTrafficPolicy.mode', { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } }],
    ['listeners listenerFiltersTimeout <- protocolDetectionTimeout', { protocolDetectionTimeout: '1s' }],
    ['listeners accessLog <- accessLogFile', { accessLogFile: '/dev/stdout' }],
    [
      'listeners mergeSlashes <- pathNormalization.normalization',
      { pathNormalization: { normalization: 'MERGE_SLASHES' } },
    ],
    ['clusters explicitHttpConfig <- h2UpgradePolicy', { h2UpgradePolicy: 'UPGRADE' }],
    ...defaultConfig.map(([field, setting, value]): [string, JsonObject] => [
      `${field} <- defaultConfig.${setting}`,
      { defaultConfig: setting.split('.').reduceRight<Json>((inner, name) => ({ [name]: inner }), value) },
    ]),
    [
      'listeners typedConfig <- extensionProviders[1]',
      {
        extensionProviders: [
          { name: 'other', prometheus: {} },
          { name: 'file', envoyFileAccessLog: { path: '/dev/stderr' } },
        ],
        defaultProviders: { accessLogging: ['file'] },
      },
    ],
    [
      'listeners provider <- extensionProviders[0]',
      {
        extensionProviders: [{ name: 'otel', opentelemetry: { service: 'catalog.shop.svc.cluster.local', port: 80 } }],
        defaultProviders: { tracing: ['otel'] },
      },
    ],
  ])('%s', (cause, mesh) => {
    expect(causes(mesh)).toContain(cause);
    expect([...causes({})]).toEqual([]);
  });

  it('but not where an object decided', () => {
    const rule = (host: string) =>
      `{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: ${host}, namespace: shop}, spec: {host: ${host}.shop.svc.cluster.local, trafficPolicy: {connectionPool: {tcp: {connectTimeout: 9s}}}}}`;
    const snapshot = buildSnapshot(
      objectsOf(`${shop}\n---\n${rule('catalog')}`),
      installedMeshConfig({ connectTimeout: '3s' }),
    );
    const pod = snapshot.pods.byName.get('shop/web-v1');
    const config = pod && xds(snapshot, proxyOf(pod, snapshot));
    const at = config?.clusters.findIndex((c) => c.name === 'outbound|80||catalog.shop.svc.cluster.local');
    expect(config?.origins.get(`/clusters/${at}/connectTimeout`)?.kind).toBe('DestinationRule');
  });

  it('nor where a pod has another value', () => {
    const mesh: JsonObject = { defaultConfig: { proxyHeaders: { server: { value: 'nobody' } } } };
    const snapshot = buildSnapshot(
      objectsOf(
        shop.replace(
          'metadata: {name: web-v1,',
          `metadata: {name: web-v1, annotations: {proxy.istio.io/config: '{"proxyHeaders":{"server":{"value":"me"}}}'},`,
        ),
      ),
      installedMeshConfig(mesh),
    );
    const pod = snapshot.pods.byName.get('shop/web-v1');
    const config = pod && xds(snapshot, proxyOf(pod, snapshot));
    expect(JSON.stringify(config?.listeners)).toContain('"serverName":"me"');
    expect([...(config?.origins.values() ?? [])].filter((o) => o.field?.endsWith('server.value'))).toEqual([]);
  });

  it('an external authorizer is its entry', () => {
    const policy =
      '{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: p, namespace: shop}, spec: {action: CUSTOM, provider: {name: authz}, rules: [{}]}}';
    const provider = { name: 'authz', envoyExtAuthzGrpc: { service: 'catalog.shop.svc.cluster.local', port: 80 } };
    expect(causes({ extensionProviders: [provider] }, policy)).toContain(
      'listeners typedConfig <- extensionProviders[0]',
    );
  });
});
