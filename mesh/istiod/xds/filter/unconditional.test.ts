import { expect, it } from 'vitest';
import { type FilterRow, filtersOf } from '../../../../test/support/filter-input.ts';
import type { JsonObject } from '../../../json.ts';
import { alpn } from './alpn.ts';
import { cors } from './cors.ts';
import { fault } from './fault.ts';
import type { HttpFilterBuilder } from './filter.ts';
import { grpcStats, grpcWeb } from './grpc.ts';

const overrides = (...upstream: (string | undefined)[]): JsonObject => ({
  'istio.alpn': {
    alpnOverride: upstream.map((upstreamProtocol, i) => {
      const name = ['http/1.0', 'http/1.1', 'h2'][i] ?? '';
      const mesh = name === 'h2' ? 'istio-h2' : `istio-${name}`;
      return { alpnOverride: [mesh, 'istio', name], ...(upstreamProtocol ? { upstreamProtocol } : {}) };
    }),
  },
});
const stats = { 'envoy.filters.http.grpc_stats': { emitFilterState: true, statsForAllMethods: false } };

/** As golden scenario a01 has them, and test/golden/ours/service/protocols the ports of gRPC-Web. */
it.each<[string, HttpFilterBuilder, FilterRow, JsonObject[]]>([
  ['alpn of a client', alpn, { direction: 'outbound' }, [overrides(undefined, 'HTTP11', 'HTTP2')]],
  ['alpn of a gateway', alpn, { direction: 'gateway' }, [overrides(undefined, 'HTTP11', 'HTTP2')]],
  ['alpn of a server', alpn, { direction: 'inbound' }, []],
  ['cors of a client', cors, { direction: 'outbound' }, [{ 'envoy.filters.http.cors': {} }]],
  ['cors of a server', cors, { direction: 'inbound' }, [{ 'envoy.filters.http.cors': {} }]],
  ['fault of a client', fault, { direction: 'outbound' }, [{ 'envoy.filters.http.fault': {} }]],
  ['fault of a server', fault, { direction: 'inbound' }, [{ 'envoy.filters.http.fault': {} }]],
  ['grpc_stats of HTTP', grpcStats, { protocol: 'HTTP' }, [stats]],
  ['grpc_stats of gRPC', grpcStats, { protocol: 'GRPC', direction: 'inbound' }, [stats]],
  ['grpc_web of HTTP', grpcWeb, { protocol: 'HTTP' }, []],
  ['grpc_web of gRPC', grpcWeb, { protocol: 'GRPC' }, []],
  ['grpc_web of gRPC-Web', grpcWeb, { protocol: 'GRPC-Web' }, [{ 'envoy.filters.http.grpc_web': {} }]],
])('%s', (_name, build, row, want) => {
  expect(filtersOf(build, row)).toEqual(want);
});
