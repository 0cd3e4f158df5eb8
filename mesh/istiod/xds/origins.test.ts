import { describe, expect, it } from 'vitest';
import { meshOf, shop } from '../../../test/support/istiod-mesh.ts';
import type { JsonObject } from '../../json.ts';
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
      (v: JsonObject) => typeof v.filterChainMatch,
      'object',
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
