import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../json.ts';
import { canonical } from './canonical.ts';
import { Mismatch, merge, mergeAny } from './merge.ts';
import { Messages } from './message.ts';

const messages = new Messages();
const cluster = 'envoy.config.cluster.v3.Cluster';
const read = (value: Json, message = cluster) => canonical(messages, message, value);

/** Measured with istiod's BuildXDSObjectFromStruct (istio pkg/config/xds) and protojson. */
describe('canonical', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['names of both kinds', { connect_timeout: '1s', altStatName: 'a' }, { connectTimeout: '1s', altStatName: 'a' }],
    ['durations', { connect_timeout: '1.50s' }, { connectTimeout: '1.500s' }],
    ['enumerations by number', { lb_policy: 2 }, { lbPolicy: 'RING_HASH' }],
    ['a number that no enumeration has', { lb_policy: 99 }, { lbPolicy: 99 }],
    ['defaults, which go', { lb_policy: 'ROUND_ROBIN', name: '', respect_dns_ttl: false }, {}],
    ['wrappers, which stay', { max_requests_per_connection: 0 }, { maxRequestsPerConnection: 0 }],
    ['whole numbers as text', { per_connection_buffer_limit_bytes: '12' }, { perConnectionBufferLimitBytes: 12 }],
    [
      '64 bits as text',
      { ring_hash_lb_config: { minimum_ring_size: 128 } },
      { ringHashLbConfig: { minimumRingSize: '128' } },
    ],
    ['null', { cleanup_interval: null }, {}],
    ['unknown fields', { no_such_field: 1 }, {}],
    ['empty lists', { filters: [] }, {}],
    ['the last of a oneof', { original_dst_lb_config: {}, ring_hash_lb_config: {} }, { originalDstLbConfig: {} }],
    [
      'keys of a map',
      { metadata: { filter_metadata: { a_b: { c_d: null } } } },
      { metadata: { filterMetadata: { a_b: { c_d: null } } } },
    ],
  ])('reads %s', (_what, value, expected) => expect(read(value)).toEqual(expected));

  it('reads what is in an Any, and leaves a TypedStruct alone', () => {
    const typed = (type: string, fields: JsonObject) => ({ '@type': `type.googleapis.com/${type}`, ...fields });
    const socket = (config: JsonObject) =>
      read({ name: 'x', typed_config: config }, 'envoy.config.core.v3.TransportSocket');
    const tls = 'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';
    expect(socket(typed(tls, { max_session_keys: 0, common_tls_context: { alpn_protocols: ['h2'] } }))).toEqual({
      name: 'x',
      typedConfig: typed(tls, { maxSessionKeys: 0, commonTlsContext: { alpnProtocols: ['h2'] } }),
    });
    const struct = typed('udpa.type.v1.TypedStruct', { type_url: 'u', value: { a_b: [1, { c_d: false }] } });
    expect(socket(struct)).toEqual({
      name: 'x',
      typedConfig: typed('udpa.type.v1.TypedStruct', { typeUrl: 'u', value: { a_b: [1, { c_d: false }] } }),
    });
  });

  it.each<[JsonObject, RegExp]>([
    [{ connect_timeout: 'soon' }, /^connect_timeout is not a duration/],
    [{ lb_policy: 'NOPE' }, /^lb_policy is not one of ROUND_ROBIN/],
    [{ respect_dns_ttl: 'true' }, /^respect_dns_ttl is not true or false/],
    [{ name: 1 }, /^name is not a string/],
    [{ filters: {} }, /^filters is not a list/],
    [{ filters: [{ name: 5 }] }, /^filters\[0\]\.name is not a string/],
    [
      { transport_socket: { typed_config: { '@type': 'x/no.such' } } },
      /typed_config is not a message that is known \(no\.such\)/,
    ],
    [{ transport_socket: { typed_config: { a: 1 } } }, /typed_config is not an object with @type/],
  ])('refuses %j', (value, expected) => expect(() => read(value)).toThrow(expected));
});

/** The cases of istio pkg/proto/merge/merge_test.go and pilot/pkg/networking/core/envoyfilter/cluster_patch_test.go. */
describe('merge', () => {
  const merging = (replaceLists = false) => ({ messages, replaceLists, notes: { copied: () => {}, set: () => {} } });
  const merged = (target: JsonObject, source: JsonObject, replaceLists = false) =>
    merge(merging(replaceLists), cluster, target, source);

  it.each<[string, JsonObject, JsonObject, JsonObject]>([
    ['scalars replace', { name: 'a', altStatName: 's' }, { name: 'b' }, { name: 'b', altStatName: 's' }],
    [
      'messages merge',
      { dnsRefreshRate: '1s', loadAssignment: { clusterName: 'a' } },
      { loadAssignment: { policy: {} } },
      { dnsRefreshRate: '1s', loadAssignment: { clusterName: 'a', policy: {} } },
    ],
    ['a Duration is replaced', { connectTimeout: '1.500s' }, { connectTimeout: '2s' }, { connectTimeout: '2s' }],
    [
      'lists grow',
      { filters: [{ name: 'a' }] },
      { filters: [{ name: 'b' }] },
      { filters: [{ name: 'a' }, { name: 'b' }] },
    ],
    [
      'entries of maps are replaced',
      { metadata: { filterMetadata: { a: { x: 1 }, b: {} } } },
      { metadata: { filterMetadata: { a: { y: 2 } } } },
      { metadata: { filterMetadata: { a: { y: 2 }, b: {} } } },
    ],
    [
      'a wrapper of false changes nothing',
      { upstreamConnectionOptions: { setLocalInterfaceNameOnUpstreamConnections: true }, maxRequestsPerConnection: 3 },
      { maxRequestsPerConnection: 0 },
      { upstreamConnectionOptions: { setLocalInterfaceNameOnUpstreamConnections: true }, maxRequestsPerConnection: 3 },
    ],
    ['members of a oneof exclude each other', { ringHashLbConfig: {} }, { maglevLbConfig: {} }, { maglevLbConfig: {} }],
  ])('%s', (_what, target, source, expected) => {
    const before = structuredClone(target);
    expect(merged(target, source)).toEqual(expected);
    expect(target).toEqual(before);
  });

  it('replaces lists where it is asked to, and keeps those that the patch has not', () => {
    const target = { filters: [{ name: 'a' }], transportSocketMatches: [{ name: 'm' }] };
    expect(merged(target, { filters: [{ name: 'b' }] }, true)).toEqual({ ...target, filters: [{ name: 'b' }] });
  });

  it('merges two Any of one message only', () => {
    const any = (type: string, fields: JsonObject) => ({
      '@type': `type.googleapis.com/envoy.extensions.filters.http.${type}`,
      ...fields,
    });
    const router = any('router.v3.Router', { startChildSpan: true });
    expect(mergeAny(merging(), router, any('router.v3.Router', { strictCheckHeaders: ['a'] }))).toEqual({
      ...router,
      strictCheckHeaders: ['a'],
    });
    expect(() => mergeAny(merging(), router, any('cors.v3.Cors', {}))).toThrow(Mismatch);
  });
});
