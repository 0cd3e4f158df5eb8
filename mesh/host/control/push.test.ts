import { describe, expect, it } from 'vitest';
import { objectsOf, shop } from '../../../test/support/istiod-mesh.ts';
import { installedMeshConfig } from '../../istiod/mesh-config.ts';
import { buildSnapshot } from '../../istiod/snapshot/build.ts';
import { readKinds } from '../../istiod/snapshot/kinds.ts';
import { proxyOf } from '../../istiod/snapshot/proxy-of.ts';
import { xds } from '../../istiod/xds/xds.ts';
import { servedKinds } from '../../kube/kinds.ts';
import { createStore } from '../../kube/memory-store.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Store } from '../../kube/store.ts';
import { seededRandom } from '../../world/random.ts';
import type { LocalConfig } from '../localise/localise.ts';
import { realClock } from '../real-clock.ts';
import { PodPlaces } from './pod-places.ts';
import { Pusher } from './push.ts';

const run = { runFolder: '/run/mesh-labs/r1', secret: '5ec2e7', worldPort: 30001, resolveHost: () => [] };
const configMap = (mesh: string) =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'istio', namespace: 'istio-system' },
    data: { mesh },
  }) as KubeObject;

function create(store: Store, { status, ...rest }: KubeObject): void {
  const created = store.create(rest);
  if (status) store.update({ ...created, status }, { subresource: 'status' });
}

const gatewayPod = `{apiVersion: v1, kind: Pod, metadata: {name: edge, namespace: shop, labels: {istio: ingress}, annotations: {inject.istio.io/templates: gateway}},
  spec: {containers: [{name: istio-proxy}]}, status: {podIP: 10.244.9.1, conditions: [{type: Ready, status: 'True'}]}}`;
const gatewayConfig = `{apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: web, namespace: shop},
  spec: {selector: {istio: ingress}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}}`;

/** A store with the objects of `shop`, and what a server was told for each proxy. */
function control() {
  const store = createStore({ kinds: servedKinds, clock: realClock, random: seededRandom(1) });
  for (const name of ['shop', 'istio-system'])
    store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const object of objectsOf(shop)) create(store, object);
  const places = new PodPlaces();
  const told: [string, LocalConfig][] = [];
  const server = {
    update: (nodeId: string, config: LocalConfig) => void told.push([nodeId, config]),
    remove: () => {},
  };
  const bindings: string[] = [];
  const onListeners = ({ name }: { name: string }) => void bindings.push(name);
  const pusher = new Pusher({ store, server, meshConfig: installedMeshConfig(), places, run, onListeners });
  const connect = (name: string, ip: string) => {
    const ref = { namespace: 'shop', name };
    places.add({ ref, ip, folder: `/run/mesh-labs/r1/${name}`, bound: new Map(), uplink: { socket: '' } });
    return pusher.add(ref)?.id ?? '';
  };
  const [web, catalog] = [connect('web-v1', '10.244.1.1'), connect('catalog-v1', '10.244.2.1')];
  const taken = () => told.splice(0).map(([id]) => id);
  taken();
  bindings.splice(0);
  const fresh = () => {
    const snapshot = buildSnapshot(
      readKinds.flatMap((k) => store.list(k)),
      installedMeshConfig(),
    );
    const pod = store.get({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-v1' });
    if (!pod) throw new Error('no pod');
    return xds(snapshot, proxyOf(pod, snapshot));
  };
  return { store, pusher, places, connect, bindings, web, catalog, taken, fresh };
}

const policy = objectsOf(
  '{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: deny, namespace: shop}, spec: {selector: {matchLabels: {app: web}}, action: DENY, rules: [{}]}}',
);

describe('Pusher', () => {
  it('gives a proxy its first configuration at once', () => {
    const { pusher, web, fresh } = control();
    expect(pusher.pushed(web)?.config.clusters).toEqual(fresh().clusters);
    expect(pusher.pending).toBe(false);
  });

  it('tells only proxies for which something changed, and what full generation would tell', () => {
    const { store, pusher, web, taken, fresh } = control();
    for (const object of policy) store.create(object);
    expect(pusher.pending).toBe(true);
    pusher.flush();
    expect(taken()).toEqual([web]);
    expect(pusher.pushed(web)?.config.listeners).toEqual(fresh().listeners);
    expect(pusher.pending).toBe(false);
  });

  it('tells again when a port becomes known, though no object changed', () => {
    const { pusher, places, web, taken } = control();
    places.get({ namespace: 'shop', name: 'catalog-v1' })?.bound.set(15006, 31234);
    pusher.schedule();
    pusher.flush();
    expect(taken()).toContain(web);
  });

  it('tells when the listeners that a gateway binds change, and only then', () => {
    const { store, pusher, connect, bindings } = control();
    for (const object of objectsOf(gatewayPod)) create(store, object);
    connect('edge', '10.244.9.1');
    const changed = () => bindings.splice(0);
    expect(changed()).toEqual([]);
    for (const object of objectsOf(gatewayConfig)) store.create(object);
    pusher.flush();
    expect(changed()).toEqual(['edge']);
    for (const object of policy) store.create(object);
    pusher.flush();
    expect(changed()).toEqual([]);
  });

  it('forgets a proxy that was removed', () => {
    const { store, pusher, web, taken } = control();
    pusher.remove(web);
    for (const object of policy) store.create(object);
    pusher.flush();
    expect(taken()).toEqual([]);
    expect(pusher.pushed(web)).toBeUndefined();
  });

  it('follows the mesh config of the ConfigMap istio, and keeps the last good one', () => {
    const { store, pusher, web, catalog, taken } = control();
    const logs = () => JSON.stringify(pusher.pushed(web)?.config.listeners).includes('/dev/stdout');
    const created = store.create(configMap('accessLogFile: /dev/stdout'));
    pusher.flush();
    expect([taken(), logs()]).toEqual([[web, catalog], true]);
    store.update({ ...created, data: { mesh: 'accessLogFile: [' } });
    pusher.flush();
    expect([taken(), logs()]).toEqual([[], true]);
    expect(pusher.pushed(web)?.problems.map((p) => p.where?.object)).toContain('ConfigMap istio-system/istio');
    store.delete({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'istio-system', name: 'istio' });
    pusher.flush();
    expect([taken(), logs()]).toEqual([[web, catalog], false]);
  });
});
