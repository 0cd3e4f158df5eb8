import { expect, it } from 'vitest';
import { type FilterRow, filterContext, filtersOf } from '../../../../test/support/filter-input.ts';
import type { JsonObject } from '../../../json.ts';
import type { Service } from '../../model/service.ts';
import { lookupHosts } from './lookup.ts';

const entry = (host: string, resolution: string) =>
  `{apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: wild, namespace: shop},
  spec: {hosts: ["${host}"], ports: [{number: 80, name: http, protocol: HTTP}], resolution: ${resolution}}}`;
const serviceOf = (host: string, resolution: string): Service | undefined =>
  filterContext({ objects: entry(host, resolution) }).scope.byHost.get(host);

const unknown: JsonObject = { outboundTrafficPolicy: { mode: 'ALLOW_ANY_DYNAMIC_DNS' } };
const cache = (name: string, fields: JsonObject = {}): JsonObject => ({
  'envoy.filters.http.dynamic_forward_proxy': { dnsCacheConfig: { dnsLookupFamily: 'V4_ONLY', name, ...fields } },
});
const ofUnknown = cache('allow_any_dfp_dns_cache', { maxHosts: 1024 });
const ofWild = cache('*.wild.example_dfp_dns_cache');

/** buildHTTPConnectionManager in istio networking/core/listener_builder.go; golden cases service-entry/dynamic-dns and mesh-config/allow-any-dynamic-dns. */
it.each<[string, FilterRow & { of?: [string, string] }, JsonObject[]]>([
  ['no service', {}, []],
  ['a name that is looked up once', { of: ['api.example', 'DNS'] }, []],
  ['a wildcard that is looked up as asked', { of: ['*.wild.example', 'DYNAMIC_DNS'] }, [ofWild]],
  ['such a wildcard at a server', { of: ['*.wild.example', 'DYNAMIC_DNS'], direction: 'inbound' }, []],
  ['a wildcard that is not looked up', { of: ['*.wild.example', 'NONE'] }, []],
  ['hosts that nobody defined', { mesh: unknown }, [ofUnknown]],
  ['hosts that nobody defined, at a server', { mesh: unknown, direction: 'inbound' }, []],
  ['both', { mesh: unknown, of: ['*.wild.example', 'DYNAMIC_DNS'] }, [ofWild, ofUnknown]],
])('%s', (_name, { of, ...row }, want) => {
  const service = of && serviceOf(...of);
  expect(filtersOf(lookupHosts, { ...row, ...(service ? { service } : {}) })).toEqual(want);
});
