import { describe, expect, it } from 'vitest';
import { meshOf, shop } from '../../../test/support/istiod-mesh.ts';
import type { JsonObject } from '../../json.ts';
import { Origins } from './origins.ts';
import type { XdsConfig } from './types.ts';
import { xds } from './xds.ts';

const rules = `
{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: split, namespace: shop}, spec: {hosts: [catalog], http: [
  {match: [{headers: {user: {exact: debug}}}], route: [{destination: {host: catalog, subset: v2}}]},
  {route: [{destination: {host: catalog, subset: v1}, weight: 90}, {destination: {host: catalog, subset: v2}, weight: 10}]}]}}
---
{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: catalog, namespace: shop}, spec: {host: catalog,
  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}}
---
{apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: strict, namespace: shop}, spec: {mtls: {mode: STRICT}}}
---
{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: readers, namespace: shop}, spec: {rules: [
  {to: [{operation: {methods: [GET]}}]}]}}`;

/** The value that a JSON pointer names. */
const at = (config: XdsConfig, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((value, part) => (value as JsonObject)[part.replaceAll('~1', '/').replaceAll('~0', '~')], config);

const { snapshot, proxy } = meshOf([shop, rules].join('\n---\n'));
const config = xds(snapshot, proxy);
const of = (kind: string, field?: string) =>
  [...config.origins].filter(([, origin]) => origin.kind === kind && (field === undefined || origin.field === field));

describe('origins', () => {
  it.each([...config.origins.keys()])('%s names a part of the configuration', (pointer) => {
    expect(at(config, pointer)).toBeDefined();
  });

  it.each<[string, string, string, (value: never) => unknown, unknown]>([
    [
      'a route',
      'VirtualService',
      'spec.http[0]',
      (v: JsonObject) => (v.route as JsonObject).cluster,
      'outbound|80|v2|catalog.shop.svc.cluster.local',
    ],
    [
      'a subset',
      'DestinationRule',
      'spec.subsets[1]',
      (v: JsonObject) => v.name,
      'outbound|80|v2|catalog.shop.svc.cluster.local',
    ],
    [
      'a mode of mutual TLS',
      'PeerAuthentication',
      'spec.mtls.mode',
      // Of servers, and of clients that learn it from their endpoints.
      (v: JsonObject) => 'filterChainMatch' in v || 'filterMetadata' in v,
      true,
    ],
    [
      'a rule of authorization',
      'AuthorizationPolicy',
      'spec.rules[0]',
      (v: JsonObject) => Object.keys(v).sort().join(),
      'permissions,principals',
    ],
  ])('%s leads to its field', (_what, kind, field, read, wanted) => {
    const found = of(kind, field);
    expect(found.length).toBeGreaterThan(0);
    for (const [pointer] of found) expect(read(at(config, pointer) as never)).toBe(wanted);
  });

  it('names the weight of each destination', () => {
    const weights = of('VirtualService').filter(([, o]) => o.field?.endsWith('.weight'));
    expect(weights.map(([pointer, o]) => [o.field, at(config, pointer)])).toEqual([
      ['spec.http[1].route[0].weight', 90],
      ['spec.http[1].route[1].weight', 10],
    ]);
  });

  it('names the Service of what no rule decided', () => {
    const cluster = config.clusters.findIndex((c) => c.name === 'outbound|80||web.shop.svc.cluster.local');
    expect(config.origins.get(`/clusters/${cluster}`)).toEqual({ kind: 'Service', namespace: 'shop', name: 'web' });
  });
});

const sidecar = (spec: string) =>
  `{apiVersion: networking.istio.io/v1, kind: Sidecar, metadata: {name: s, namespace: shop}, spec: ${spec}}`;
const virtual = (spec: string, name = 'v') =>
  `{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: ${name}, namespace: shop}, spec: ${spec}}`;
const toCatalog = 'destination: {host: catalog}';

/** Values of the parts that the field decided, by the ends of their pointers. */
function decided(documents: readonly string[], field: string | undefined): [string, unknown][] {
  const mesh = meshOf([shop, ...documents].join('\n---\n'));
  const answer = xds(mesh.snapshot, mesh.proxy);
  return [...answer.origins]
    .filter(([, origin]) => origin.field === field)
    .map(([pointer]) => [pointer.split('/').slice(-1).join(), at(answer, pointer)]);
}

describe('fields that decide', () => {
  it.each<[string, string[], string, [string, unknown]]>([
    [
      'headers for one of several destinations',
      [
        virtual(
          `{hosts: [catalog], http: [{route: [{${toCatalog}, weight: 1, headers: {response: {remove: [x]}}}, {${toCatalog}, weight: 9}]}]}`,
        ),
      ],
      'spec.http[0].route[0].headers.response.remove',
      ['responseHeadersToRemove', ['x']],
    ],
    [
      'headers for the only destination',
      [virtual(`{hosts: [catalog], http: [{route: [{${toCatalog}, headers: {request: {add: {a: b}}}}]}]}`)],
      'spec.http[0].route[0].headers.request.add',
      ['requestHeadersToAdd', [{ header: { key: 'a', value: 'b' } }]],
    ],
    [
      'what a delegate inherits',
      [
        virtual('{hosts: [catalog], http: [{match: [{uri: {prefix: /}}], rewrite: {uri: /x}, delegate: {name: d}}]}'),
        virtual(`{http: [{route: [{${toCatalog}}]}]}`, 'd'),
      ],
      'spec.http[0].rewrite',
      ['prefixRewrite', '/x'],
    ],
    [
      'a port that a Sidecar declares',
      [sidecar('{egress: [{port: {number: 80, protocol: HTTP, name: http}, hosts: [./*]}]}')],
      'spec.egress[0]',
      ['0', expect.objectContaining({ name: '0.0.0.0_80' })],
    ],
    [
      'the services that a Sidecar lets in',
      [sidecar('{egress: [{hosts: [./web.shop.svc.cluster.local]}]}')],
      'spec.egress',
      ['clusters', expect.any(Array)],
    ],
    [
      'a port that a Sidecar opens',
      [sidecar('{ingress: [{port: {number: 9, protocol: HTTP, name: http}, defaultEndpoint: 127.0.0.1:8}]}')],
      'spec.ingress[0]',
      [expect.any(String), expect.objectContaining({ name: 'inbound|9||' })],
    ],
    [
      'how many connections a Sidecar lets in',
      [sidecar('{inboundConnectionPool: {tcp: {maxConnections: 5}}}')],
      'spec.inboundConnectionPool.tcp.maxConnections',
      ['maxConnections', 5],
    ],
    [
      'that unknown hosts are refused',
      [sidecar('{outboundTrafficPolicy: {mode: REGISTRY_ONLY}}')],
      'spec.outboundTrafficPolicy',
      ['1', expect.objectContaining({ name: 'virtualOutbound-catchall-tcp' })],
    ],
  ])('%s', (_what, documents, field, wanted) => {
    expect(decided(documents, field)).toContainEqual(wanted);
  });

  it('a policy that allows nothing decides as a whole', () => {
    const nothing =
      '{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: none, namespace: shop}}';
    const [first] = decided([nothing], undefined).filter(([name]) => name.startsWith('ns['));
    expect(first).toEqual([
      'ns[shop]-policy[none]-rule[0]',
      expect.objectContaining({ principals: expect.anything() }),
    ]);
  });

  it('a copy of a part keeps its causes', () => {
    const origins = new Origins();
    const part = { a: 1 };
    origins.mark(part, { kind: 'K', namespace: 'n', name: 'whole' });
    origins.mark(part, { kind: 'K', namespace: 'n', name: 'field' }, 'a');
    const pointers = origins.within({ list: [origins.copied(part, { ...part })] }, '');
    expect([...pointers].map(([pointer, { name }]) => [pointer, name])).toEqual([
      ['/list/0', 'whole'],
      ['/list/0/a', 'field'],
    ]);
  });
});
