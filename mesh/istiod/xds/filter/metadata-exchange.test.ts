import { expect, it } from 'vitest';
import { type FilterRow, filtersOf, shown } from '../../../../test/support/filter-input.ts';
import type { JsonObject } from '../../../json.ts';
import { httpMetadataExchange, tcpMetadataExchange } from './metadata-exchange.ts';

const peer = [{ istio_headers: {} }, { workload_discovery: {} }];
const server = { downstream_discovery: peer, downstream_propagation: [{ istio_headers: {} }] };
const client = { upstream_discovery: peer, upstream_propagation: [{ istio_headers: {} }] };
const inMeshClient = {
  upstream_discovery: peer,
  upstream_propagation: [{ istio_headers: { skip_external_clusters: true } }],
};
const inMesh: JsonObject = { defaultConfig: { proxyHeaders: { metadataExchangeHeaders: { mode: 'IN_MESH' } } } };

/** appendMxFilter in istio pilot/pkg/networking/core/listener_builder.go; the last but one is golden case mesh-config/http-proxy-headers. */
it.each<[string, FilterRow, JsonObject | undefined]>([
  ['a server', { direction: 'inbound' }, server],
  ['a client', { direction: 'outbound' }, client],
  ['a gateway', { direction: 'gateway' }, client],
  ['what comes out of a tunnel', { direction: 'inbound', hbone: true }, undefined],
  ['a client that names itself in the mesh only', { mesh: inMesh }, inMeshClient],
  ['a server that names itself in the mesh only', { direction: 'inbound', mesh: inMesh }, server],
  ['an explicit proxy in the mesh only', { mesh: inMesh, explicitProxy: true }, client],
])('%s', (_name, row, value) => {
  const want = value === undefined ? [] : [{ 'istio.metadata_exchange': { value } }];
  expect(filtersOf(httpMetadataExchange, row)).toEqual(want);
});

it('of connections', () => {
  expect(shown([tcpMetadataExchange])).toEqual([
    { 'istio.metadata_exchange': { value: { enable_discovery: true, protocol: 'istio-peer-exchange' } } },
  ]);
});
