import { expect, it } from 'vitest';
import { objectsOf, service, shop } from '../../../test/support/istiod-mesh.ts';
import { PushMesh } from './testing/push-mesh.ts';

const meta = (name: string) => `metadata: {name: ${name}, namespace: shop}`;
const ingress = service('ingress', 9).replace(
  'labels: {app: ingress, version: v1,',
  'annotations: {inject.istio.io/templates: gateway}, labels: {app: ingress, version: v1,',
);
const gateway = (hosts: string) =>
  `{apiVersion: networking.istio.io/v1, kind: Gateway, ${meta('a')}, spec: {selector: {app: ingress}, servers: [
    {port: {number: 80, name: http, protocol: HTTP}, hosts: [${hosts}]}]}}`;
const route = (weight: string, gateways = 'a') =>
  `{apiVersion: networking.istio.io/v1, kind: VirtualService, ${meta('vs')}, spec: {hosts: [a.test], gateways: [${gateways}], http: [
    {route: [{destination: {host: catalog.shop.svc.cluster.local}}], ${weight}}]}}`;
const kubernetes = (port: number) =>
  `{apiVersion: gateway.networking.k8s.io/v1, kind: GatewayClass, metadata: {name: istio}, spec: {controllerName: istio.io/gateway-controller}}
---
{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, ${meta('k')}, spec: {gatewayClassName: istio,
  addresses: [{type: Hostname, value: ingress.shop.svc.cluster.local}], listeners: [{name: l, port: ${port}, protocol: HTTP}]}}`;

/** Sidecars know nothing of gateways; gateways are made as a whole. */
it.each<[string, string]>([
  ['hosts of a Gateway', gateway('"*"')],
  ['a Gateway of nobody', gateway('a.test').replace('name: a,', 'name: other,')],
  ['a route of a gateway', route('timeout: 2s')],
  ['a listener of the Gateway API', kubernetes(8080)],
  ['a Gateway that says the same', gateway('a.test')],
])('%s is told to the gateway alone', (_, change) => {
  const mesh = new PushMesh(
    objectsOf([shop, ingress, gateway('a.test'), route('timeout: 1s'), kubernetes(80)].join('\n---\n')),
  ).connect('shop/web-v1', 'shop/ingress-v1');
  expect(mesh.compared().map((c) => c.fresh.listeners.length > 0)).toEqual([true, true]);
  for (const object of objectsOf(change)) mesh.put(object);
  expect(mesh.push().filter((part) => !part.startsWith('shop/ingress-v1 '))).toEqual([]);
  for (const { kept, fresh } of mesh.compared()) expect({ ...kept }).toEqual({ ...fresh });
});
