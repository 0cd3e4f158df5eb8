import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { StubRuntime } from '../../../test/support/kube-cluster.ts';
import type { KubeObject, ObjectRef } from '../../kube/objects.ts';
import type { Store } from '../../kube/store.ts';
import { seededRandom } from '../../world/random.ts';
import { openCluster } from '../cluster.ts';
import { installedMeshConfig } from '../mesh-config.ts';

const clock = { now: () => Date.parse('2026-01-01T00:00:00Z'), sleep: () => Promise.resolve() };
const gateway = (spec: string, metadata = '{name: web, namespace: shop}') => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: ${metadata}
spec: ${spec}
`;
const http = '{gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}';

async function cluster(yaml = '', profile = 'demo', mesh = installedMeshConfig()) {
  const { store, start } = openCluster({ clock, random: seededRandom(1), meshConfig: mesh, profile });
  const controllers = start(new StubRuntime());
  const apply = async (text: string) => {
    for (const document of parseAllDocuments(text))
      store.apply(document.toJS() as KubeObject, { fieldManager: 'test', force: true });
    await controllers.idle();
  };
  await apply(`{apiVersion: v1, kind: Namespace, metadata: {name: shop}}`);
  if (yaml) await apply(yaml);
  return { store, apply, idle: () => controllers.idle() };
}

const api = 'gateway.networking.k8s.io/v1';
const at = (apiVersion: string, kind: string, name: string, namespace = 'shop'): ObjectRef => ({
  ...{ apiVersion, kind, name, namespace },
});
const deployed = (store: Store, name: string, namespace = 'shop') => ({
  account: store.get(at('v1', 'ServiceAccount', name, namespace)),
  deployment: store.get(at('apps/v1', 'Deployment', name, namespace)),
  service: store.get(at('v1', 'Service', name, namespace)),
});
const conditions = (object: KubeObject | undefined) =>
  (object?.status?.conditions as { type: string; status: string; reason: string }[] | undefined)?.map(
    (c) => `${c.type} ${c.status} ${c.reason}`,
  );

describe('GatewayClasses', () => {
  it.each([
    ['default', {}, ['istio', 'istio-remote']],
    [
      'ambient',
      { defaultConfig: { proxyMetadata: { ISTIO_META_ENABLE_HBONE: 'true' } } },
      ['istio', 'istio-remote', 'istio-waypoint'],
    ],
  ])('of %s are there and accepted', async (_, overrides, names) => {
    const { store } = await cluster('', 'default', installedMeshConfig(overrides));
    const all = store.list({ apiVersion: api, kind: 'GatewayClass' });
    expect(all.map((c) => c.metadata.name).sort()).toEqual(names);
    for (const one of all) expect(conditions(one)).toEqual(['Accepted True Accepted']);
  });

  it('come back when they are deleted', async () => {
    const { store, idle } = await cluster();
    const ref = { apiVersion: api, kind: 'GatewayClass', name: 'istio' };
    store.delete(ref);
    await idle();
    expect(store.get(ref)?.spec?.controllerName).toBe('istio.io/gateway-controller');
  });
});

describe('a Gateway of the class istio', () => {
  it('becomes a Deployment, a Service and a ServiceAccount, which go with it', async () => {
    const { store, idle } = await cluster(gateway(http));
    const labels = {
      'gateway.networking.k8s.io/gateway-name': 'web',
      'gateway.networking.k8s.io/gateway-class-name': 'istio',
      'gateway.istio.io/managed': 'istio.io-gateway-controller',
    };
    const { account, deployment, service } = deployed(store, 'web-istio');
    for (const object of [account, deployment, service])
      expect(object?.metadata).toMatchObject({ labels, ownerReferences: [{ kind: 'Gateway', name: 'web' }] });
    expect(service?.spec).toMatchObject({
      type: 'LoadBalancer',
      ports: [
        { name: 'status-port', port: 15021 },
        { name: 'http', port: 80, appProtocol: 'http' },
      ],
    });
    expect(deployment?.spec?.template).toMatchObject({
      metadata: { labels: { ...labels, 'sidecar.istio.io/inject': 'false' } },
      spec: { serviceAccountName: 'web-istio', containers: [{ name: 'istio-proxy' }] },
    });
    const [pod] = store.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: 'shop' });
    expect(pod?.status?.phase).toBe('Running');
    store.delete(at(api, 'Gateway', 'web'));
    await idle();
    expect(Object.values(deployed(store, 'web-istio'))).toEqual([undefined, undefined, undefined]);
  });

  it('tells its address, and that it is programmed', async () => {
    const { store } = await cluster(gateway(http));
    const { status, metadata } = store.get(at(api, 'Gateway', 'web')) ?? { metadata: {} };
    expect(metadata.annotations).toEqual({ 'gateway.istio.io/controller-version': '5' });
    expect(status?.addresses).toEqual([{ type: 'IPAddress', value: '203.0.113.1' }]);
    expect(conditions({ status } as KubeObject)).toEqual([
      'Accepted True Accepted',
      'Programmed True Programmed',
      'ResolvedRefs True ResolvedRefs',
    ]);
  });

  it.each<[string, string, string, object]>([
    [
      'labels and annotations of its infrastructure',
      '{gatewayClassName: istio, infrastructure: {labels: {team: a}, annotations: {note: b}}, listeners: [{name: http, port: 80, protocol: HTTP}]}',
      '{name: web, namespace: shop, labels: {own: x}}',
      { metadata: { labels: { team: 'a' }, annotations: { note: 'b' } } },
    ],
    [
      'its own labels otherwise',
      http,
      '{name: web, namespace: shop, labels: {own: x}}',
      { metadata: { labels: { own: 'x' } } },
    ],
    [
      'the type of Service that it asks for',
      http,
      '{name: web, namespace: shop, annotations: {networking.istio.io/service-type: ClusterIP}}',
      { spec: { type: 'ClusterIP' } },
    ],
    [
      'one port for each number, by its first listener',
      '{gatewayClassName: istio, listeners: [{name: a.b, port: 80, protocol: HTTP, hostname: a.b}, {name: c, port: 80, protocol: HTTP, hostname: c.d}, {name: a-b, port: 443, protocol: HTTPS}]}',
      '{name: web, namespace: shop}',
      { spec: { ports: [{}, { name: 'a-b', port: 80 }, { name: 'a-b-443', port: 443, appProtocol: 'https' }] } },
    ],
  ])('has %s', async (_, spec, metadata, expected) => {
    const { store } = await cluster(gateway(spec, metadata));
    expect(deployed(store, 'web-istio').service).toMatchObject(expected);
  });

  it('takes the name that it asks for', async () => {
    const named = '{name: web, namespace: shop, annotations: {gateway.istio.io/name-override: edge}}';
    const { store } = await cluster(gateway(http, named));
    expect(deployed(store, 'edge').service).toBeDefined();
    expect(deployed(store, 'web-istio').service).toBeUndefined();
  });

  it('is changed by the ConfigMap of its parameters', async () => {
    const parameters =
      'gatewayClassName: istio, infrastructure: {parametersRef: {group: "", kind: ConfigMap, name: more}}';
    const { store } = await cluster(
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: more, namespace: shop}, data: {deployment: "spec: {replicas: 2}"}}\n---${gateway(`{${parameters}, listeners: [{name: http, port: 80, protocol: HTTP}]}`)}`,
    );
    expect(deployed(store, 'web-istio').deployment?.spec?.replicas).toBe(2);
  });

  it.each([
    ['of another class', gateway('{gatewayClassName: other, listeners: [{name: http, port: 80, protocol: HTTP}]}')],
    [
      'of the class istio-remote',
      gateway('{gatewayClassName: istio-remote, listeners: [{name: http, port: 80, protocol: HTTP}]}'),
    ],
    [
      'with addresses of its own',
      gateway(
        '{gatewayClassName: istio, addresses: [{type: Hostname, value: mine}], listeners: [{name: http, port: 80, protocol: HTTP}]}',
      ),
    ],
    [
      'that a newer controller has',
      gateway(http, '{name: web, namespace: shop, annotations: {gateway.istio.io/controller-version: "6"}}'),
    ],
  ])('%s is left alone', async (_, yaml) => {
    const { store } = await cluster(yaml);
    expect(store.list({ apiVersion: 'apps/v1', kind: 'Deployment' }, { namespace: 'shop' })).toEqual([]);
  });

  it('does not touch what somebody else made', async () => {
    const own =
      '{apiVersion: v1, kind: Service, metadata: {name: web-istio, namespace: shop}, spec: {ports: [{port: 9}]}}';
    const { store } = await cluster(`${own}\n---${gateway(http)}`);
    expect(deployed(store, 'web-istio').service?.spec?.ports).toMatchObject([{ port: 9 }]);
    expect(deployed(store, 'web-istio').deployment).toBeDefined();
  });
});

describe('a gateway of the profile', () => {
  const classic = (selector: string) =>
    `{apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: web, namespace: shop}, spec: {selector: ${selector}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}}`;

  it.each<[string, string, string[]]>([
    ['default', '{istio: ingressgateway}', ['istio-ingressgateway']],
    ['demo', '{istio: egressgateway}', ['istio-egressgateway']],
    ['default', '{istio: egressgateway}', []],
    ['minimal', '{istio: ingressgateway}', []],
    ['demo', '{istio: other}', []],
  ])('%s with the selector %s: %j', async (profile, selector, names) => {
    const { store, idle } = await cluster(classic(selector), profile);
    const pods = () => store.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: 'istio-system' });
    expect(pods().map((p) => p.metadata.labels?.app)).toEqual(names);
    for (const pod of pods())
      expect(pod.spec).toMatchObject({
        containers: [
          {
            name: 'istio-proxy',
            args: [
              'proxy',
              'router',
              '--domain',
              expect.anything(),
              expect.anything(),
              expect.anything(),
              expect.anything(),
            ],
          },
        ],
      });
    store.delete(at('networking.istio.io/v1', 'Gateway', 'web'));
    await idle();
    expect(pods()).toEqual([]);
    expect(store.list({ apiVersion: 'v1', kind: 'Service' }, { namespace: 'istio-system' })).toEqual([]);
  });
});
