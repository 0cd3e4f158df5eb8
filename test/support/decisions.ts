import type { XdsConfig } from '../../mesh/istiod/xds/types.ts';
import { isObject, type Json, type JsonObject } from '../../mesh/json.ts';

/** A kind of decision that some object takes: where it shows in a configuration, and which kinds may take it. */
export interface Decision {
  what: string;
  /** JSON pointers of all places where it was taken. */
  find: (config: XdsConfig) => string[];
  by: readonly string[];
}

type Holds = (value: Json, parents: readonly Json[]) => boolean;

/** All places that a pattern names, `*` for any key, where `holds`. Parents are told from the inside outwards. */
function places(config: XdsConfig, pattern: string, holds: Holds = () => true): string[] {
  const out: string[] = [];
  const visit = (value: Json | undefined, parts: readonly string[], path: string, parents: readonly Json[]): void => {
    const [part, ...rest] = parts;
    if (value === undefined) return;
    if (part === undefined) {
      if (holds(value, parents)) out.push(path);
      return;
    }
    const keys = part === '*' ? Object.keys(value as object) : [part];
    for (const key of keys) visit((value as JsonObject)?.[key], rest, `${path}/${escaped(key)}`, [value, ...parents]);
  };
  visit(config as unknown as Json, pattern.split(' '), '', []);
  return out;
}
const escaped = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');

const routes = 'routes * virtualHosts * routes *';
const inbound = (filter: string): string => `listeners * filterChains * filters * ${filter}`;
const at =
  (pattern: string, holds?: Holds) =>
  (config: XdsConfig): string[] =>
    places(config, pattern, holds);

const managed = (of: Json | undefined): boolean =>
  isObject(of) && JSON.stringify(of.metadata ?? {}).includes('"config":"/apis/');
/** In a cluster of a DestinationRule, at the given depth. */
const ruled =
  (depth: number): Holds =>
  (_value, parents) =>
    managed(parents[depth]);
const rules = ['VirtualService', 'HTTPRoute', 'GRPCRoute'];
const policy = ['DestinationRule'];
const unlimited = 4294967295;

export const decisions: readonly Decision[] = [
  {
    what: 'the hosts of a virtual host',
    by: [...rules, 'Service', 'ServiceEntry'],
    find: at('routes * virtualHosts *', (v) => !['allow_any', 'block_all'].includes(String((v as JsonObject).name))),
  },
  {
    what: 'hosts that nobody knows are refused',
    by: ['Sidecar'],
    find: at('routes * virtualHosts *', (v) => (v as JsonObject).name === 'block_all'),
  },
  {
    what: 'a route',
    by: [...rules, 'Service', 'ServiceEntry'],
    find: at(routes, (v) => !['allow_any', 'block_all'].includes(String((v as JsonObject).name))),
  },
  {
    what: 'the only destination of a route',
    by: rules,
    find: at(`${routes} route cluster`, (_v, parents) => managed(parents[1])),
  },
  { what: 'a weighted destination', by: rules, find: at(`${routes} route weightedClusters clusters *`) },
  {
    what: 'a weight',
    by: rules,
    find: at(`${routes} route weightedClusters clusters * weight`),
  },
  { what: 'a redirect', by: rules, find: at(`${routes} redirect`) },
  { what: 'a direct response', by: rules, find: at(`${routes} directResponse`, (_v, parents) => managed(parents[0])) },
  { what: 'a rewritten prefix', by: rules, find: at(`${routes} route prefixRewrite`) },
  { what: 'a rewritten path', by: rules, find: at(`${routes} route regexRewrite`) },
  { what: 'a rewritten host', by: rules, find: at(`${routes} route hostRewriteLiteral`) },
  { what: 'a fault', by: rules, find: at(`${routes} typedPerFilterConfig envoy.filters.http.fault`) },
  { what: 'a CORS policy', by: rules, find: at(`${routes} typedPerFilterConfig envoy.filters.http.cors`) },
  { what: 'a timeout', by: rules, find: at(`${routes} route timeout`, (v) => v !== '0s') },
  {
    what: 'retries',
    by: rules,
    find: at(`${routes} route retryPolicy`, (v) => (v as JsonObject).perTryTimeout !== undefined),
  },
  { what: 'a mirror', by: rules, find: at(`${routes} route requestMirrorPolicies *`) },
  { what: 'a hash', by: policy, find: at(`${routes} route hashPolicy *`) },
  ...['requestHeadersToAdd', 'requestHeadersToRemove', 'responseHeadersToAdd', 'responseHeadersToRemove'].flatMap(
    (field): Decision[] => [{ what: `${field} of a route`, by: rules, find: at(`${routes} ${field}`) }],
  ),
  {
    what: 'a cluster',
    by: [...policy, 'Service', 'ServiceEntry'],
    find: at('clusters *', (v) => /^outbound/.test(String((v as JsonObject).name))),
  },
  {
    what: 'a subset',
    by: policy,
    find: at('clusters *', (v) => /^outbound\|\d+\|[^|]/.test(String((v as JsonObject).name))),
  },
  ...['maxConnections', 'maxPendingRequests', 'maxRequests', 'maxRetries'].map(
    (limit): Decision => ({
      what: limit,
      by: [...policy, 'Sidecar'],
      find: at(`clusters * circuitBreakers thresholds * ${limit}`, (v) => v !== unlimited),
    }),
  ),
  { what: 'a connect timeout', by: policy, find: at('clusters * connectTimeout', (v) => v !== '10s') },
  { what: 'keepalive', by: policy, find: at('clusters * upstreamConnectionOptions') },
  { what: 'outlier detection', by: policy, find: at('clusters * outlierDetection') },
  {
    what: 'an algorithm',
    by: policy,
    find: at('clusters * lbPolicy', (v) => !['LEAST_REQUEST', 'CLUSTER_PROVIDED'].includes(String(v))),
  },
  { what: 'a hash ring', by: policy, find: at('clusters * ringHashLbConfig') },
  { what: 'locality weights', by: policy, find: at('clusters * commonLbConfig localityWeightedLbConfig') },
  {
    what: 'TLS as a rule says',
    by: policy,
    // Where the client chooses the address, automatic mutual TLS needs no choice between sockets.
    find: at(
      'clusters * transportSocket',
      (v, parents) => ruled(0)(v, parents) && (parents[0] as JsonObject).type !== 'ORIGINAL_DST',
    ),
  },
  {
    what: 'HTTP options of connections',
    by: policy,
    find: at('clusters * typedExtensionProtocolOptions * commonHttpProtocolOptions', ruled(2)),
  },
  {
    what: 'the members of a cluster',
    by: [...policy, 'Service', 'ServiceEntry'],
    find: at('endpoints *', (v) => (v as JsonObject).endpoints !== undefined),
  },
  {
    what: 'the inline members of a cluster',
    by: [...policy, 'ServiceEntry', 'Service'],
    find: at('clusters * loadAssignment', (_v, parents) =>
      String((parents[0] as JsonObject).name).startsWith('outbound'),
    ),
  },
  { what: 'a priority of a locality', by: [...policy, 'Service'], find: at('endpoints * endpoints * priority') },
  {
    what: 'mutual TLS that servers forbid',
    by: ['PeerAuthentication'],
    // Pods without sidecars have none either; this port is that of a workload with one.
    find: at(
      'endpoints * endpoints * lbEndpoints * metadata',
      (v, [endpoint]) =>
        !JSON.stringify(v).includes('tlsMode') && JSON.stringify(endpoint).includes('"portValue":9100'),
    ),
  },
  {
    what: 'an inbound filter chain',
    by: ['PeerAuthentication', 'Service', 'Sidecar', 'ServiceEntry'],
    find: at(
      'listeners * filterChains *',
      (v, parents) =>
        (parents[1] as JsonObject).trafficDirection === 'INBOUND' &&
        !String((v as JsonObject).name).startsWith('virtualInbound'),
    ),
  },
  {
    what: 'an outbound listener',
    by: ['Service', 'ServiceEntry', 'Sidecar', 'Gateway', 'ListenerSet'],
    find: at(
      'listeners *',
      (v) => (v as JsonObject).trafficDirection === 'OUTBOUND' && (v as JsonObject).name !== 'virtualOutbound',
    ),
  },
  {
    what: 'an outbound TLS chain',
    by: ['VirtualService', 'TLSRoute', 'Service', 'ServiceEntry', 'Gateway', 'ListenerSet'],
    find: at('listeners * filterChains *', (v) => JSON.stringify(v).includes('"serverNames"')),
  },
  {
    what: 'a weighted destination of connections',
    by: ['VirtualService', 'TCPRoute', 'TLSRoute'],
    find: at('listeners * filterChains * filters * typedConfig weightedClusters clusters *'),
  },
  {
    what: 'a rule of authorization',
    by: ['AuthorizationPolicy'],
    find: at(`${inbound('typedConfig httpFilters * typedConfig')} rules policies *`),
  },
  {
    what: 'a rule of authorization that is tried',
    by: ['AuthorizationPolicy'],
    find: at(`${inbound('typedConfig httpFilters * typedConfig')} shadowRules policies *`),
  },
  {
    what: 'a rule of authorization of connections',
    by: ['AuthorizationPolicy'],
    find: at(`${inbound('typedConfig')} rules policies *`),
  },
  {
    what: 'an external authorizer',
    by: ['AuthorizationPolicy'],
    find: at(inbound('typedConfig httpFilters *'), (v) => (v as JsonObject).name === 'envoy.filters.http.ext_authz'),
  },
  {
    what: 'an issuer of tokens',
    by: ['RequestAuthentication'],
    find: at(`${inbound('typedConfig httpFilters * typedConfig')} providers *`),
  },
];
