import { expect, it } from 'vitest';
import { meshOf, shop } from '../../../test/support/istiod-mesh.ts';
import { addressesOf } from './addresses.ts';
import { contextOf } from './context.ts';

const entry = (spec: string, labels = '') =>
  `{apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: a, namespace: shop, labels: {${labels}}},
  spec: {hosts: [a.test], ports: [{number: 9000, name: tcp, protocol: TCP}], ${spec}},
  status: {addresses: [{host: a.test, value: 240.240.0.1}, {host: a.test, value: "2001:2::1"}, {host: b.test, value: 240.240.0.2}, {host: a.test, value: x}]}}`;
const off = 'networking.istio.io/enable-autoallocate-ip: "False"';

/** getAllAddressesForProxy and nodeUsesAutoallocatedIPs in istio pilot/pkg/model/service.go; golden case service-entry/dns-capture. */
it.each<[string, string, string, string[]]>([
  ['a proxy that captures DNS', entry('resolution: DNS'), 'true', ['240.240.0.1']],
  ['as Go reads it', entry('resolution: DNS'), '1', ['240.240.0.1']],
  ['a proxy that does not', entry('resolution: DNS'), 'false', ['0.0.0.0']],
  ['an entry with addresses', entry('resolution: DNS, addresses: [10.9.0.1]'), 'true', ['10.9.0.1']],
  ['an entry that looks up nothing', entry('resolution: NONE'), 'true', ['0.0.0.0']],
  ['an entry that opted out', entry('resolution: DNS', off), 'true', ['0.0.0.0']],
])('%s', (_name, text, capture, want) => {
  const mesh = { defaultConfig: { proxyMetadata: { ISTIO_META_DNS_CAPTURE: capture } } };
  const { snapshot, proxy } = meshOf(`${shop}\n---\n${text}`, { mesh });
  const context = contextOf(snapshot, proxy);
  const service = context.scope.byHost.get('a.test');
  expect(service && addressesOf(context, service)).toEqual(want);
});
