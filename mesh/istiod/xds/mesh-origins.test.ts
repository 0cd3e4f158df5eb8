import { describe, expect, it } from 'vitest';
import { objectsOf, shop } from '../../../test/support/istiod-mesh.ts';
import type { JsonObject } from '../../json.ts';
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
});
