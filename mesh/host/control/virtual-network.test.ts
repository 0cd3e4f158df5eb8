import { beforeAll, describe, expect, it } from 'vitest';
import { appObjects } from '../../../test/support/apps.ts';
import { service, testCluster } from '../../../test/support/kube-cluster.ts';
import { lookupName } from '../../kube/cluster-dns.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { PodPlaces } from './pod-places.ts';
import { resolveAddress } from './virtual-network.ts';

const { store, controllers } = testCluster();
const places = new PodPlaces();
const ipOf = (name: string) =>
  String(store.get({ apiVersion: 'v1', kind: 'Service', namespace: 'default', name })?.spec?.clusterIP);
const podIps = () => store.list({ apiVersion: 'v1', kind: 'Pod' }).map((pod) => String(pod.status?.podIP));

beforeAll(async () => {
  for (const object of appObjects('customers')) store.apply(object, { fieldManager: 'test' });
  const headless = {
    ...service('headless'),
    spec: { clusterIP: 'None', selector: { app: 'customers' }, ports: [{ port: 80 }] },
  };
  const noPods = { ...service('no-pods'), spec: { selector: { app: 'nobody' }, ports: [{ port: 80 }] } };
  for (const object of [headless, noPods] as KubeObject[]) store.create(object);
  store.create({
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: 'api', namespace: 'default' },
    spec: {
      hosts: ['api.example.com'],
      addresses: ['192.0.2.7', '192.0.2.0/24'],
      ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
    },
  });
  await controllers.idle();
  for (const [i, ip] of podIps().entries())
    places.add({
      ref: { namespace: 'default', name: `pod-${i}` },
      ip,
      folder: `/run/p${i}`,
      bound: i === 0 ? new Map([[15006, 40_000]]) : new Map(),
      uplink: { socket: '' },
      ...(i === 0 ? { nodeId: 'proxied' } : {}),
    });
});

describe('names', () => {
  it.each([
    ['customers.default.svc.cluster.local', () => [ipOf('customers')]],
    ['headless.default.svc.cluster.local', podIps],
    ['api.example.com', () => ['192.0.2.7']],
  ])('%s', (name, addresses) => {
    expect(lookupName(store, name)?.ipv4.toSorted()).toEqual(addresses().toSorted());
  });

  it.each([
    'nothing.default.svc.cluster.local',
    'customers.other.svc.cluster.local',
    'pod.customers.default.svc.cluster.local',
    'svc.cluster.local',
    'example.com',
  ])('%s does not exist', (name) => {
    expect(lookupName(store, name)).toBeUndefined();
  });
});

describe('addresses of the virtual network', () => {
  const resolve = (ip: string, port: number, fromInbound = false) =>
    resolveAddress(store, places, { destination: { ip, port }, source: { ip: '10.244.9.9', port: 1 }, fromInbound });

  it('a Service is its ready endpoints at the target port', () => {
    const endpoints = podIps().map((ip) => ({ ip, port: 3000 }));
    expect(resolve(ipOf('customers'), 80)).toEqual({ kind: 'service', endpoints: expect.arrayContaining(endpoints) });
  });

  it('a port that a Service does not have, and an unknown address, are refused', () => {
    expect(resolve(ipOf('customers'), 81)).toEqual({ kind: 'refuse' });
    expect(resolve('203.0.113.1', 80)).toEqual({ kind: 'refuse' });
    expect(resolve(ipOf('no-pods'), 80)).toEqual({ kind: 'service', endpoints: [] });
  });

  it('a pod is its proxy, or its app where it has none or where its own proxy asks', () => {
    const [proxied = '', plain = ''] = podIps();
    expect(resolve(proxied, 3000)).toEqual({ kind: 'inbound', port: 40_000 });
    expect(resolve(proxied, 3000, true)).toEqual({ kind: 'app', socket: '/run/p0/app-3000.sock' });
    expect(resolve(plain, 3000)).toEqual({ kind: 'app', socket: '/run/p1/app-3000.sock' });
  });

  it('a proxy that has bound no port yet is refused', () => {
    places.at(podIps()[0] ?? '')?.bound.clear();
    expect(resolve(podIps()[0] ?? '', 3000)).toEqual({ kind: 'refuse' });
  });
});
