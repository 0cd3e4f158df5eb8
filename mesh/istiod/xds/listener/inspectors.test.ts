import { expect, it } from 'vitest';
import type { JsonObject } from '../../../json.ts';
import { httpInspector, inspectors, originalDst, originalSrc, tlsInspector } from './inspectors.ts';

const on = (port: number, tls: boolean, http: boolean): JsonObject[] => [
  {
    filterChainMatch: {
      ...(port ? { destinationPort: port } : {}),
      transportProtocol: tls ? 'tls' : 'raw_buffer',
      applicationProtocols: http ? ['http/1.1', 'h2c'] : [],
    },
  },
];
const port = (start: number): JsonObject => ({ destinationPortRange: { start, end: start + 1 } });
const any: JsonObject = { destinationPortRange: { end: 1 } };

/** Names without prefix → where they are off. */
const off = (chains: readonly JsonObject[]): JsonObject =>
  JSON.parse(
    JSON.stringify(
      Object.fromEntries(
        inspectors(chains).map((f) => [
          String(f.name).replace('envoy.filters.listener.', ''),
          f.filterDisabled ?? 'nowhere',
        ]),
      ),
    ),
  ) as JsonObject;

/** populateListenerFilters in istio pilot/pkg/networking/core/listener_inbound.go; golden scenarios a01, a13 and a15 have each. */
it.each<[string, JsonObject[], JsonObject]>([
  ['no chains', [], {}],
  ['chains for every port', on(0, true, true), { tls_inspector: 'nowhere', http_inspector: 'nowhere' }],
  [
    'a port in plain text',
    [...on(0, true, true), ...on(9000, false, true)],
    {
      tls_inspector: port(9000),
      http_inspector: 'nowhere',
    },
  ],
  [
    'a port that is not sniffed',
    [...on(0, true, true), ...on(9000, true, false)],
    {
      tls_inspector: 'nowhere',
      http_inspector: port(9000),
    },
  ],
  [
    'two such ports',
    [...on(0, true, true), ...on(9001, true, false), ...on(9000, true, false)],
    {
      tls_inspector: 'nowhere',
      http_inspector: { orMatch: { rules: [port(9000), port(9001)] } },
    },
  ],
  [
    'only one port has TLS',
    [...on(0, false, true), ...on(8443, true, true)],
    {
      tls_inspector: { notMatch: port(8443) },
      http_inspector: 'nowhere',
    },
  ],
  [
    'only a port is sniffed',
    [...on(0, true, false), ...on(8080, true, true)],
    {
      tls_inspector: 'nowhere',
      http_inspector: any,
    },
  ],
  ['no TLS', on(0, false, true), { http_inspector: 'nowhere' }],
])('%s', (_name, chains, want) => {
  expect(off(chains)).toEqual(want);
});

it.each([
  [tlsInspector, 'tls_inspector.v3.TlsInspector', { initialReadBufferSize: 512 }],
  [httpInspector, 'http_inspector.v3.HttpInspector', {}],
  [originalDst, 'original_dst.v3.OriginalDst', {}],
  // The mark by which the rules of the pod's network know what Envoy sent (tools/istio-iptables).
  [originalSrc, 'original_src.v3.OriginalSrc', { mark: 1337 }],
])('$name', (filter, type, fields) => {
  expect(filter.typedConfig).toEqual({
    '@type': `type.googleapis.com/envoy.extensions.filters.listener.${type}`,
    ...fields,
  });
});
