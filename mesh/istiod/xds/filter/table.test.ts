import { expect, it } from 'vitest';
import { objectsOf, shop } from '../../../../test/support/istiod-mesh.ts';
import { type JsonObject, objects } from '../../../json.ts';
import { installedMeshConfig } from '../../mesh-config.ts';
import { buildSnapshot } from '../../snapshot/build.ts';
import { proxyOf } from '../../snapshot/proxy-of.ts';
import { xds } from '../xds.ts';

const policy = (kind: string, spec: string) =>
  `{apiVersion: security.istio.io/v1, kind: ${kind}, metadata: {name: p, namespace: shop}, spec: ${spec}}`;

/** Names of the HTTP filters of a listener's first connection manager, without their prefix. */
function filtersOf(listener: string, text: string): string[] {
  const snapshot = buildSnapshot(objectsOf(`${shop}\n---\n${text}`), installedMeshConfig());
  const pod = snapshot.pods.byName.get('shop/web-v1');
  const found = pod && xds(snapshot, proxyOf(pod, snapshot)).listeners.find((l) => l.name === listener);
  const managers = objects(found?.filterChains)
    .flatMap((chain) => objects(chain.filters))
    .flatMap((filter) => objects((filter.typedConfig as JsonObject | undefined)?.httpFilters));
  const names = managers.map((filter) => String(filter.name).replace('envoy.filters.http.', ''));
  return names.slice(0, names.indexOf('router') + 1);
}

// The order of pilot/pkg/networking/core/listener_builder.go, buildHTTPConnectionManager.
const client = ['istio.metadata_exchange', 'grpc_stats', 'istio.alpn', 'fault', 'cors', 'istio.stats', 'router'];
const server = ['istio.metadata_exchange', 'grpc_stats', 'fault', 'cors', 'istio.stats', 'router'];

it.each<[string, string, string, string[]]>([
  ['a client', '0.0.0.0_80', '', client],
  ['a server', 'virtualInbound', '', server],
  [
    'a server with policies',
    'virtualInbound',
    `${policy('AuthorizationPolicy', '{rules: [{}]}')}\n---\n${policy('RequestAuthentication', '{jwtRules: [{issuer: a, jwks: "{}"}]}')}`,
    ['istio.metadata_exchange', 'jwt_authn', 'rbac', ...server.slice(1)],
  ],
])('the filters of %s stand in this order', (_who, listener, text, want) => {
  expect(filtersOf(listener, text)).toEqual(want);
});
