import { describe, expect, it } from 'vitest';
import type { KubeObject, ObjectRef } from '../../mesh/kube/objects.ts';
import { edgeTarget, secretOf } from './edge.ts';
import type { TrafficPlan } from './place.ts';

const service = (name: string, type?: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec: { clusterIP: '10.96.0.1', ...(type && { type }) },
});
const all = [service('open', 'LoadBalancer'), service('node', 'NodePort'), service('closed')];
const store = {
  get: ({ kind, name, namespace }: ObjectRef) =>
    all.find((o) => o.kind === kind && o.metadata.name === name && o.metadata.namespace === namespace),
};
const plan = (url: string, more: Partial<TrafficPlan['request']> = {}): TrafficPlan => ({
  id: 'calls',
  from: { app: 'edge', namespace: 'default' },
  request: { url, method: 'GET', headers: {}, timeoutMs: 1000, ...more },
  unit: 'request',
  concurrency: 1,
  limit: {},
});
const target = (service: string, port: number, serverName: string) => ({
  service,
  namespace: 'shop',
  port,
  serverName,
});

describe('traffic from the edge', () => {
  it.each<[string, TrafficPlan, object]>([
    ['a Service', plan('http://open.shop/x'), target('open', 80, 'open.shop')],
    ['its full name', plan('http://open.shop.svc.cluster.local/'), target('open', 80, 'open.shop.svc.cluster.local')],
    ['https', plan('https://node.shop/'), target('node', 443, 'node.shop')],
    ['another port', plan('http://open.shop:8080/'), target('open', 8080, 'open.shop')],
    ['a site', plan('https://open.shop/', { headers: { Host: 'a.example:8443' } }), target('open', 443, 'a.example')],
    [
      'a server name',
      plan('https://open.shop/', { headers: { host: 'a.example' }, tls: { serverName: 'b.example' } }),
      target('open', 443, 'b.example'),
    ],
    ['a Service that is not there yet', plan('http://late.shop/'), target('late', 80, 'late.shop')],
  ])('goes to %s', (_, sent, expected) => {
    expect(edgeTarget(store, sent)).toEqual(expected);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['a host of the world', () => edgeTarget(store, plan('http://a.example.com/')), /a\.example\.com is no Service/],
    ['a bare name', () => edgeTarget(store, plan('http://open/')), /open is no Service/],
    [
      'a Service of the cluster',
      () => edgeTarget(store, plan('http://closed.shop/')),
      /closed\.shop is of type ClusterIP/,
    ],
    ['a Secret that is not there', () => secretOf(store, { name: 'a', namespace: 'b' }), /Secret a\.b does not exist/],
  ])('cannot use %s', (_, use, said) => {
    expect(use).toThrow(said);
  });
});
