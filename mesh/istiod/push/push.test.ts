import { describe, expect, it } from 'vitest';
import { objectsOf, service, shop } from '../../../test/support/istiod-mesh.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { installedMeshConfig } from '../mesh-config.ts';
import { PushMesh } from './testing/push-mesh.ts';

const istio = (kind: string, name: string, spec: string, group = 'networking') => {
  const [namespace, own] = name.split('/');
  return `{apiVersion: ${group}.istio.io/v1, kind: ${kind}, metadata: {name: ${own}, namespace: ${namespace}}, spec: ${spec}}`;
};
const security = (kind: string, name: string, spec: string) => istio(kind, name, spec, 'security');

/** Namespaces shop (web, catalog), lab (client, headless db) and far, whose Sidecar sees only far. */
const world = [
  shop,
  service('client', 3).replaceAll('namespace: shop', 'namespace: lab'),
  service('db', 4)
    .replaceAll('namespace: shop', 'namespace: lab')
    .replace(/clusterIP: [\d.]+/, 'clusterIP: None')
    .replaceAll('name: http', 'name: tcp'),
  service('hermit', 5).replaceAll('namespace: shop', 'namespace: far'),
  istio('Sidecar', 'far/default', "{egress: [{hosts: ['./*']}]}"),
].join('\n---\n');
const [web, catalog, client, hermit] = ['shop/web-v1', 'shop/catalog-v1', 'lab/client-v1', 'far/hermit-v1'];
const everybody = [catalog, client, hermit, web];

const meshWith = (more: readonly string[] = []) =>
  new PushMesh(objectsOf([world, ...more].join('\n---\n'))).connect(...everybody);
const parts = (built: readonly string[]) => [...new Set(built.map((b) => b.split(' ').slice(0, 2).join(' ')))];
const of = (proxies: readonly string[], ...wanted: string[]) =>
  proxies.flatMap((p) => wanted.map((part) => `${p} ${part}`)).sort();
const find = (kind: string, name: string): KubeObject => {
  const found = objectsOf(world).find((o) => o.kind === kind && o.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
};
const pod = (name: string, change: (o: KubeObject) => object) => ({
  ...find('Pod', name),
  ...change(find('Pod', name)),
});
const slice = (name: string, change: (e: object[]) => object[]) =>
  ({
    ...find('EndpointSlice', name),
    endpoints: change(find('EndpointSlice', name).endpoints as object[]),
  }) as KubeObject;

const notFar = [catalog, client, web];
const all = ['clusters', 'endpoints', 'listeners', 'routes'];
const but = (...without: string[]) => all.filter((part) => !without.includes(part));

interface Case {
  what: string;
  /** There before. */
  given?: string[];
  change: string | KubeObject | ((mesh: PushMesh) => void);
  built: string[];
}

/** A service of workloads of namespace lab. */
const selected = (resolution: string, app: string): string[] => [
  istio(
    'ServiceEntry',
    'lab/selects',
    `{hosts: [vm.test], location: MESH_INTERNAL, resolution: ${resolution}, ports: [{number: 80, name: http, protocol: HTTP}], workloadSelector: {labels: {app: ${app}}}}`,
  ),
];
const machine = [
  istio('WorkloadEntry', 'lab/vm', '{address: 10.0.0.9, labels: {app: vm}, serviceAccount: vm, weight: 1}'),
];

const table: Case[] = [
  { what: 'an endpoint', change: slice('catalog-1', (e) => e.slice(1)), built: of(notFar, 'endpoints') },
  {
    what: 'an endpoint of a headless service',
    change: slice('db-1', () => []),
    built: of(notFar, 'clusters', 'listeners'),
  },
  {
    what: 'a readiness that only the pod tells yet',
    change: pod('catalog-v2', (o) => ({ status: { ...o.status, conditions: [{ type: 'Ready', status: 'False' }] } })),
    built: [],
  },
  {
    what: 'noise in the status of a pod',
    change: pod('catalog-v2', (o) => ({ status: { ...o.status, startTime: 'now', containerStatuses: [] } })),
    built: [],
  },
  {
    what: 'labels of a pod, for clients of its services',
    change: pod('catalog-v2', (o) => ({ metadata: { ...o.metadata, labels: { ...o.metadata.labels, tier: 'gold' } } })),
    built: of(notFar, 'endpoints'),
  },
  {
    what: 'labels of a pod, for its own sidecar',
    change: pod('hermit-v1', (o) => ({ metadata: { ...o.metadata, labels: { ...o.metadata.labels, tier: 'gold' } } })),
    built: of([hermit], ...all)
      .concat(of(notFar, 'endpoints'))
      .sort(),
  },
  {
    what: 'a VirtualService for all',
    change: istio(
      'VirtualService',
      'shop/catalog',
      '{hosts: [catalog], http: [{timeout: 1s, route: [{destination: {host: catalog}}]}]}',
    ),
    built: of(notFar, ...but('endpoints')),
  },
  {
    what: 'a VirtualService for its own namespace',
    change: istio(
      'VirtualService',
      'shop/catalog',
      "{exportTo: ['.'], hosts: [catalog], http: [{route: [{destination: {host: catalog}}]}]}",
    ),
    built: of([catalog, web], ...but('endpoints')),
  },
  {
    what: 'the delegate of a VirtualService',
    given: [
      istio(
        'VirtualService',
        'shop/root',
        "{exportTo: ['.'], hosts: [catalog], http: [{delegate: {name: part, namespace: lab}}]}",
      ),
    ],
    change: istio(
      'VirtualService',
      'lab/part',
      '{http: [{route: [{destination: {host: catalog.shop.svc.cluster.local}}]}]}',
    ),
    built: of([catalog, web], ...but('endpoints')),
  },
  {
    what: 'a DestinationRule',
    change: istio('DestinationRule', 'shop/catalog', '{host: catalog, trafficPolicy: {tls: {mode: DISABLE}}}'),
    built: of(notFar, ...all),
  },
  {
    what: 'a DestinationRule for its own namespace',
    change: istio('DestinationRule', 'lab/catalog', "{host: catalog.shop.svc.cluster.local, exportTo: ['.']}"),
    built: of([client], ...all),
  },
  {
    what: 'a Sidecar',
    change: istio('Sidecar', 'lab/default', "{egress: [{hosts: ['./*', 'shop/*', 'far/*']}]}"),
    built: of([client], ...but('endpoints')),
  },
  {
    what: 'an AuthorizationPolicy',
    change: security('AuthorizationPolicy', 'shop/deny', '{action: DENY, rules: [{}]}'),
    built: of([catalog, web], 'listeners'),
  },
  {
    what: 'an AuthorizationPolicy of the mesh',
    change: security('AuthorizationPolicy', 'istio-system/deny', '{action: DENY, rules: [{}]}'),
    built: of(everybody, 'listeners'),
  },
  {
    what: 'an AuthorizationPolicy that selects one workload',
    change: security('AuthorizationPolicy', 'shop/deny', '{selector: {matchLabels: {app: web}}, rules: [{}]}'),
    built: of([web], 'listeners'),
  },
  {
    what: 'a RequestAuthentication',
    change: security('RequestAuthentication', 'lab/jwt', "{jwtRules: [{issuer: a, jwks: '{}'}]}"),
    built: of([client], 'listeners'),
  },
  {
    what: 'a PeerAuthentication',
    change: security('PeerAuthentication', 'shop/default', '{mtls: {mode: STRICT}}'),
    built: of([catalog, web], ...but('routes'))
      .concat(of([client], 'clusters', 'endpoints'))
      .sort(),
  },
  {
    what: 'a PeerAuthentication without mutual TLS',
    change: security('PeerAuthentication', 'lab/default', '{mtls: {mode: DISABLE}}'),
    built: of(notFar, 'clusters', 'endpoints')
      .concat(of([client], 'listeners'))
      .sort(),
  },
  {
    what: 'a new Service',
    change:
      '{apiVersion: v1, kind: Service, metadata: {name: new, namespace: shop}, spec: {clusterIP: 10.96.9.9, ports: [{name: http, port: 80}]}}',
    built: of(notFar, ...all),
  },
  {
    what: 'a Service that a proxy serves and does not see',
    given: [
      istio('Sidecar', 'shop/default', "{egress: [{hosts: ['lab/*']}]}"),
      istio('Sidecar', 'lab/default', "{egress: [{hosts: ['./*']}]}"),
    ],
    change:
      '{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {clusterIP: 10.96.0.1, selector: {app: web}, ports: [{name: tcp, port: 80, targetPort: 8080}]}}',
    built: of([web], ...but('endpoints')),
  },
  {
    what: 'labels of a Namespace',
    change: '{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {istio-injection: enabled}}}',
    built: [],
  },
  {
    what: 'the traffic distribution of a Namespace',
    change:
      '{apiVersion: v1, kind: Namespace, metadata: {name: far, annotations: {networking.istio.io/traffic-distribution: PreferClose}}}',
    built: of(everybody, ...all),
  },
  {
    what: 'the mesh config',
    change: (mesh) => {
      mesh.mesh = installedMeshConfig({ accessLogFile: '/dev/stdout' });
    },
    built: of(everybody, ...all),
  },
  {
    what: 'a mesh config that says the same',
    change: (mesh) => {
      mesh.mesh = installedMeshConfig();
    },
    built: [],
  },
  {
    what: 'a namespace of which nobody knows',
    change: istio(
      'ServiceEntry',
      'none/ext',
      "{exportTo: ['.'], hosts: [ext.test], resolution: DNS, ports: [{number: 80, name: http, protocol: HTTP}]}",
    ),
    built: [],
  },
  {
    what: 'an endpoint that stands in a cluster',
    given: selected('DNS', 'vm').concat(machine),
    change: machine[0]?.replace('weight: 1', 'weight: 2') ?? '',
    built: of(notFar, 'clusters'),
  },
  {
    what: 'a PeerAuthentication of an endpoint that stands in a cluster',
    given: selected('DNS', 'vm').concat(machine),
    change: security('PeerAuthentication', 'lab/vm', '{selector: {matchLabels: {app: vm}}, mtls: {mode: DISABLE}}'),
    built: of(notFar, 'clusters', 'endpoints'),
  },
  {
    what: 'a pod that a ServiceEntry selects',
    given: selected('STATIC', 'client'),
    change: pod('client-v1', (o) => ({ status: { ...o.status, conditions: [{ type: 'Ready', status: 'False' }] } })),
    built: of([catalog, web], 'clusters', 'endpoints')
      .concat(of([client], ...all))
      .sort(),
  },
  {
    what: 'a provider that a policy waits for',
    given: [
      istio('Sidecar', 'shop/default', "{egress: [{hosts: ['lab/*']}]}"),
      security('AuthorizationPolicy', 'shop/ask', '{action: CUSTOM, provider: {name: authz}, rules: [{}]}'),
    ],
    change: istio(
      'ServiceEntry',
      'far/authz',
      '{hosts: [authz.test], resolution: DNS, ports: [{number: 80, name: http, protocol: HTTP}]}',
    ),
    built: of([catalog, web], 'listeners')
      .concat(of([client, hermit], ...but('endpoints')))
      .sort(),
  },
];

const withProvider = (mesh: PushMesh) => {
  mesh.mesh = installedMeshConfig({
    extensionProviders: [{ name: 'authz', envoyExtAuthzHttp: { service: 'authz.test', port: 80 } }],
  });
  mesh.push();
};

describe('what is built anew after a change of', () => {
  it.each(table)('$what', ({ what, given, change, built }) => {
    const mesh = meshWith(given);
    if (what.startsWith('a provider')) withProvider(mesh);
    if (typeof change === 'function') change(mesh);
    else for (const object of typeof change === 'string' ? objectsOf(change) : [change]) mesh.put(object);
    expect(parts(mesh.push())).toEqual(built);
    for (const { kept, fresh } of mesh.compared()) expect({ ...kept }).toEqual({ ...fresh });
  });
});

describe('PushGenerator', () => {
  it('makes only the endpoints of the service that changed, and keeps all other objects', () => {
    const mesh = meshWith([
      istio('DestinationRule', 'shop/catalog', '{host: catalog, subsets: [{name: v1, labels: {version: v1}}]}'),
    ]);
    const before = mesh.config(client);
    mesh.put(slice('catalog-1', (e) => e.slice(1)));
    const clusters = ['', 'v1'].map((subset) => `outbound|80|${subset}|catalog.shop.svc.cluster.local`);
    expect(mesh.push()).toEqual(notFar.flatMap((p) => clusters.map((c) => `${p} endpoints ${c}`)).sort());
    const after = mesh.config(client);
    for (const part of ['listeners', 'routes', 'clusters'] as const) expect(after?.[part]).toBe(before?.[part]);
    const kept = after?.endpoints.filter((e, i) => e === before?.endpoints[i]).length;
    expect(kept).toBe((before?.endpoints.length ?? 0) - clusters.length);
  });

  it('takes many events of one object for one change', () => {
    const mesh = meshWith();
    mesh.put(slice('catalog-1', (e) => e.slice(1)));
    mesh.put(slice('catalog-1', (e) => e));
    expect(mesh.push()).toEqual([]);
  });

  it('starts anew for a sidecar whose pod was away', () => {
    const mesh = meshWith();
    mesh.remove(find('Pod', 'client-v1'));
    mesh.push();
    mesh.put(slice('catalog-1', (e) => e.slice(1)));
    mesh.push();
    mesh.put(find('Pod', 'client-v1'));
    mesh.push();
    for (const { kept, fresh } of mesh.compared()) expect({ ...kept }).toEqual({ ...fresh });
  });
});
