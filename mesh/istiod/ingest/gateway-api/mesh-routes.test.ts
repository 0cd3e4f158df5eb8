import { describe, expect, it } from 'vitest';
import { meshOf, service, shop } from '../../../../test/support/istiod-mesh.ts';
import { xds } from '../../xds/xds.ts';

const route = (kind: string, name: string, namespace: string, spec: string) =>
  `{apiVersion: gateway.networking.k8s.io/v1, kind: ${kind}, metadata: {name: ${name}, namespace: ${namespace}}, spec: ${spec}}`;
const parent = 'parentRefs: [{group: "", kind: Service, name: catalog, namespace: shop}]';

describe('routes whose parent is a Service', () => {
  const of = (...routes: string[]) => {
    const { snapshot, proxy } = meshOf([shop, service('other', 3), ...routes].join('\n---\n'));
    const config = xds(snapshot, proxy);
    const json = JSON.stringify(config.routes);
    return { config, names: [...json.matchAll(/"name":"((?:shop|client)\.[a-z]+\.\d)"/g)].map((m) => m[1]) };
  };

  it('of one namespace are merged, the more specific match first', () => {
    const { names } = of(
      route('HTTPRoute', 'all', 'shop', `{${parent}, rules: [{backendRefs: [{name: other, port: 80}]}]}`),
      route(
        'GRPCRoute',
        'calls',
        'shop',
        `{${parent}, rules: [{matches: [{method: {service: s}}], backendRefs: [{name: other, port: 80}]}]}`,
      ),
    );
    expect(names).toEqual(['shop.calls.0', 'shop.all.0']);
  });

  it('of another namespace are for its own clients only', () => {
    expect(
      of(
        route(
          'HTTPRoute',
          'own',
          'client',
          `{${parent}, rules: [{backendRefs: [{name: other, namespace: shop, port: 80}]}]}`,
        ),
      ).names,
    ).toEqual([]);
  });

  it('name the rule and the backend that decided', () => {
    const { config } = of(
      route(
        'HTTPRoute',
        'split',
        'shop',
        `{${parent}, rules: [{backendRefs: [{name: other, port: 80, weight: 3}, {name: catalog, port: 80}]}]}`,
      ),
    );
    const found = [...config.origins].filter(([, o]) => o.kind === 'HTTPRoute').map(([, o]) => o.field);
    expect(found).toEqual([
      'spec.parentRefs',
      'spec.rules[0]',
      'spec.rules[0].backendRefs[0]',
      'spec.rules[0].backendRefs[0]',
      'spec.rules[0].backendRefs[1]',
      'spec.rules[0].backendRefs[1]',
    ]);
  });

  it('that name an unknown backend are a problem', () => {
    const { config } = of(
      route('HTTPRoute', 'lost', 'shop', `{${parent}, rules: [{backendRefs: [{name: none, port: 80}]}]}`),
    );
    expect(config.problems.map((p) => p.what)).toEqual([
      'HTTPRoute shop/lost: backend(none.shop.svc.cluster.local) not found',
    ]);
  });
});
