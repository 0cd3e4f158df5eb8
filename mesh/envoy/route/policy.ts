import type { JsonObject } from '../../json.ts';
import { compileRuntimeFraction } from '../match/fraction.ts';
import { flag, has, milliseconds, number, object, objects, refuse, text } from '../match/proto.ts';
import type { ClusterChoice, HashPolicy, MirrorPolicy, RoutePolicy } from '../policy.ts';
import { compileInternalRedirect } from './internal-redirect.ts';
import { compileRetryPolicy } from './retry-policy.ts';

const notFoundStatus: { [name: string]: number } = { NOT_FOUND: 404, INTERNAL_SERVER_ERROR: 500 };

/**
 * The policies of one route's `route` action, with what it inherits (envoy source/common/router/config_impl.cc,
 * RouteEntryImplBase). Fits RouteCompiling.policy. Throws a ProblemError for what Envoy refuses.
 */
export function compileRoutePolicy(route: JsonObject, virtualHost: JsonObject, config: JsonObject): RoutePolicy {
  const action = object(route, 'route') ?? {};
  const where = `route ${text(route, 'name')} of ${text(virtualHost, 'name')}`;
  const duration = object(action, 'maxStreamDuration');
  // The route's whole policy wins; nothing is merged (buildRetryPolicy).
  const retry = object(action, 'retryPolicy') ?? object(virtualHost, 'retryPolicy');
  return {
    clusters: clusterChoice(action, where),
    clusterNotFoundStatus: notFoundStatus[text(action, 'clusterNotFoundResponseCode')] ?? 503,
    // With maxStreamDuration `timeout` is not looked at (router.cc, FilterUtility::finalTimeout, usingNewTimeouts).
    timeoutMs: duration ? 0 : (milliseconds(action, 'timeout') ?? 15_000),
    idleTimeoutMs: milliseconds(action, 'idleTimeout') ?? -1,
    usesNewTimeouts: duration !== undefined,
    maxStreamDurationMs: duration && milliseconds(duration, 'maxStreamDuration'),
    grpcHeaderMaxMs: duration && milliseconds(duration, 'grpcTimeoutHeaderMax'),
    grpcHeaderOffsetMs: duration && milliseconds(duration, 'grpcTimeoutHeaderOffset'),
    maxGrpcTimeoutMs: milliseconds(action, 'maxGrpcTimeout'),
    grpcTimeoutOffsetMs: milliseconds(action, 'grpcTimeoutOffset') ?? 0,
    retry: retry && compileRetryPolicy(retry, where),
    hedgeOnPerTryTimeout: hedges(action, virtualHost),
    internalRedirect: compileInternalRedirect(action, where),
    hash: objects(action, 'hashPolicy').map((policy) => compileHash(policy, where)),
    mirrors: mirrors([action, virtualHost, config], where),
    metadataMatch: compileMetadataMatch(action),
    upgrades: upgrades(action),
    autoHostRewrite: flag(action, 'autoHostRewrite') ?? false,
    priority: text(action, 'priority') === 'HIGH' ? 'HIGH' : 'DEFAULT',
  };
}

/** The route's whole hedge policy wins (config_impl.cc, buildHedgePolicy). */
function hedges(action: JsonObject, virtualHost: JsonObject): boolean {
  const policy = object(action, 'hedgePolicy') ?? object(virtualHost, 'hedgePolicy') ?? {};
  return flag(policy, 'hedgeOnPerTryTimeout') ?? false;
}

function upgrades(action: JsonObject): RoutePolicy['upgrades'] {
  const configs = objects(action, 'upgradeConfigs');
  if (configs.length === 0) return undefined;
  return new Map(configs.map((u) => [text(u, 'upgradeType').toLowerCase(), flag(u, 'enabled') ?? true]));
}

function clusterChoice(action: JsonObject, where: string): ClusterChoice {
  const weighted = object(action, 'weightedClusters');
  if (weighted) return weightedClusters(weighted, where);
  const header = text(action, 'clusterHeader');
  if (header !== '') return { kind: 'header', header: header.toLowerCase() };
  if (text(action, 'cluster') !== '') return { kind: 'cluster', name: text(action, 'cluster') };
  return refuse('a route action without a cluster that is interpreted here', where);
}

function weightedClusters(weighted: JsonObject, where: string): ClusterChoice {
  const clusters = objects(weighted, 'clusters');
  const weights = clusters.map((cluster) => number(cluster, 'weight') ?? 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return refuse('Sum of weights in the weighted_cluster must be greater than 0.', where);
  if (total > 0xffffffff)
    return refuse(`The sum of weights of all weighted clusters of ${where} exceeds 4294967295`, where);
  return { kind: 'weighted', names: clusters.map((cluster) => text(cluster, 'name')), weights, total };
}

function compileHash(policy: JsonObject, where: string): HashPolicy {
  const terminal = flag(policy, 'terminal') ?? false;
  const header = object(policy, 'header');
  if (header) return { terminal, kind: 'header', name: text(header, 'headerName').toLowerCase() };
  const cookie = object(policy, 'cookie');
  if (cookie) return { terminal, kind: 'cookie', ...cookieOf(cookie) };
  const query = object(policy, 'queryParameter');
  if (query) return { terminal, kind: 'queryParameter', name: text(query, 'name') };
  const connection = object(policy, 'connectionProperties');
  if (connection && flag(connection, 'sourceIp')) return { terminal, kind: 'sourceIp' };
  return refuse('a hash policy that is not interpreted here', where);
}

/** Without a ttl no cookie is made for a request that has none (docs: RouteAction.HashPolicy.Cookie). */
function cookieOf(cookie: JsonObject): { name: string; path: string; ttlMs: number | undefined; attributes: string[] } {
  const attributes = objects(cookie, 'attributes').map((a) =>
    text(a, 'value') === '' ? text(a, 'name') : `${text(a, 'name')}=${text(a, 'value')}`,
  );
  return { name: text(cookie, 'name'), path: text(cookie, 'path'), ttlMs: milliseconds(cookie, 'ttl'), attributes };
}

/** The first level that has any wins. */
function mirrors(levels: JsonObject[], where: string): MirrorPolicy[] {
  const level = levels.find((message) => objects(message, 'requestMirrorPolicies').length > 0);
  return level ? objects(level, 'requestMirrorPolicies').map((policy) => compileMirror(policy, where)) : [];
}

function compileMirror(policy: JsonObject, where: string): MirrorPolicy {
  const [cluster, header] = [text(policy, 'cluster'), text(policy, 'clusterHeader')];
  if (cluster === '' && header === '') return refuse('a mirror policy without a cluster', where);
  const fraction = has(policy, 'runtimeFraction')
    ? compileRuntimeFraction(object(policy, 'runtimeFraction') ?? {})
    : { numerator: 100, denominator: 100, runtimeKey: '' };
  return {
    cluster,
    clusterHeader: header.toLowerCase(),
    numerator: (fraction.numerator / fraction.denominator) * 1_000_000,
    runtimeKey: fraction.runtimeKey,
    disableShadowHostSuffix: flag(policy, 'disableShadowHostSuffixAppend') ?? false,
  };
}

function compileMetadataMatch(action: JsonObject): ReadonlyMap<string, string> | undefined {
  const filters = object(object(action, 'metadataMatch') ?? {}, 'filterMetadata') ?? {};
  const wanted = object(filters, 'envoy.lb');
  if (!wanted) return undefined;
  return new Map(Object.entries(wanted).map(([key, value]) => [key, typeof value === 'string' ? value : `${value}`]));
}
