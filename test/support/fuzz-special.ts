import type { JsonObject } from '../../mesh/json.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';

/** What chance would hardly make: sizes, cycles and names, one each. */
const istio = (kind: string, name: string, spec: JsonObject): KubeObject => ({
  apiVersion: `${kind.endsWith('Policy') ? 'security' : 'networking'}.istio.io/v1`,
  kind,
  metadata: { name, namespace: 'shop', creationTimestamp: '2026-01-02T00:00:00Z' },
  spec,
});
const route = [{ destination: { host: 'catalog' } }];
const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const nested = (depth: number): JsonObject => {
  let value: JsonObject = {};
  for (let i = 0; i < depth; i++) value = { a: value };
  return value;
};
const megabytes = (n: number) => 'x'.repeat(n * 1_000_000);
const regex = (text: string) => ({ match: [{ uri: { regex: text } }], route });

export const specialCases: { [name: string]: KubeObject[] } = {
  'a delegate of itself': [
    istio('VirtualService', 'a', { hosts: ['catalog'], http: [{ delegate: { name: 'a' } }] }),
    istio('VirtualService', 'self', { http: [{ delegate: { name: 'self' } }] }),
  ],
  'delegates in a circle': [
    istio('VirtualService', 'root', { hosts: ['catalog'], http: [{ delegate: { name: 'b' } }] }),
    istio('VirtualService', 'b', { http: [{ delegate: { name: 'c' } }] }),
    istio('VirtualService', 'c', { http: [{ delegate: { name: 'b' } }] }),
  ],
  'one host in 500 objects': many(500, (i) =>
    istio('VirtualService', `v${i}`, { hosts: ['catalog', 'catalog'], http: [{ route }] }),
  ),
  'one host 300 times in one object': [
    istio('VirtualService', 'v', { hosts: many(300, () => 'catalog'), http: [{ route }] }),
  ],
  'one ServiceEntry host and port 300 times': many(300, (i) =>
    istio('ServiceEntry', `s${i}`, {
      hosts: ['catalog.shop.svc.cluster.local', 'a.example'],
      ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
      resolution: 'STATIC',
      endpoints: [{ address: '10.0.0.1' }],
    }),
  ),
  'weights beyond 32 bits': [
    istio('VirtualService', 'v', {
      hosts: ['catalog'],
      http: [{ route: many(5, () => ({ destination: { host: 'catalog' }, weight: 2 ** 31 - 1 })) }],
      tcp: [{ route: many(5, () => ({ destination: { host: 'catalog' }, weight: 1e300 })) }],
    }),
  ],
  'hostile regular expressions': [
    istio('VirtualService', 'v', {
      hosts: ['catalog'],
      http: ['(a+)+$', `${'('.repeat(5000)}a${')'.repeat(5000)}`, '(x{1000}){1000}', '(?=a)', '['].map(regex),
    }),
  ],
  'an annotation of 10 MB': [
    { ...istio('VirtualService', 'v', { hosts: ['catalog'], http: [{ route }] }) },
    {
      ...istio('DestinationRule', 'd', { host: 'catalog' }),
      metadata: { name: 'd', namespace: 'shop', annotations: { note: megabytes(10) } },
    },
  ],
  'a host of 10 MB': [istio('VirtualService', 'v', { hosts: [megabytes(10)], http: [{ route }] })],
  '10 MB of routes': [
    istio('VirtualService', 'v', {
      hosts: ['catalog'],
      http: many(2000, (i) => ({
        match: [{ uri: { prefix: `/p/${i}` }, headers: { x: { exact: 'y'.repeat(5000) } } }],
        route,
      })),
    }),
  ],
  '2 MB of paths in a policy': [
    istio('AuthorizationPolicy', 'p', {
      rules: [{ to: [{ operation: { paths: many(20_000, (i) => `/${'p'.repeat(100)}/${i}/*`) } }] }],
    }),
  ],
  'a spec 20 000 levels deep': [
    istio('VirtualService', 'v', { hosts: ['catalog'], http: [{ route }], deep: nested(20_000) }),
    istio('DestinationRule', 'd', { host: 'catalog', trafficPolicy: { loadBalancer: nested(20_000) } }),
  ],
  'names of the language': ['__proto__', 'constructor', 'hasOwnProperty'].map((name) => ({
    ...istio('VirtualService', name, { hosts: [name, `${name}.shop`], http: [{ name, route }] }),
    metadata: { name, namespace: 'shop', labels: { [name]: name } },
  })),
};
