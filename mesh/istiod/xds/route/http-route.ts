import type { JsonObject } from '../../../json.ts';
import { durationText } from '../../model/duration.ts';
import { subsetOf } from '../../model/labels.ts';
import type { Service } from '../../model/service.ts';
import { parseSubsetKey } from '../../model/subset-key.ts';
import type { HttpDestination, HttpMatch, HttpRoute, VirtualServiceConfig } from '../../model/virtual-service.ts';
import { flag, present, text } from '../any.ts';
import {
  configMetadata,
  destinationRule,
  originOfField,
  originOfSpec,
  type ProxyContext,
  ruleSpec,
} from '../context.ts';
import { destinationCluster } from './destination.ts';
import { hashOfDestination } from './hash.ts';
import { type HeaderOperations, headerOperations, mergeOperations } from './headers.ts';
import { isCatchAll, routeMatch } from './match.ts';
import { corsConfig, directResponse, faultConfig, mirrorFraction, mirrorPolicy, redirectAction } from './policies.ts';
import { retryPolicy } from './retry.ts';
import { notedHash, noteHeaders, noteRoute, originOfShare } from './route-origins.ts';

/** For what the routes are made. */
export interface RouteTarget {
  config: VirtualServiceConfig;
  /** The port that requests come to; 0 for an HTTP proxy or Unix socket. */
  port: number;
  gateways: ReadonlySet<string>;
  serviceOf(host: string): Service | undefined;
  /** Requests come over TLS. */
  tls?: boolean;
}

/** Envoy's routes of a VirtualService, in order, up to the first that catches all (BuildHTTPRoutesForVirtualService). */
export function httpRoutes(context: ProxyContext, target: RouteTarget): JsonObject[] {
  const out: JsonObject[] = [];
  for (const rule of target.config.spec.http ?? []) {
    const matches = rule.match?.length ? rule.match : [undefined];
    for (const match of matches) {
      if (match && !applies(context, match, target)) continue;
      const route = translate(context, { rule, match, ...target });
      out.push(route);
      if (isCatchAll(route.match as JsonObject)) return out;
    }
    // A rule without conditions ends the list even where it gave no route.
    if (!rule.match?.length) return out;
  }
  return out;
}

/** Conditions that are known now: port, gateway or labels of the client. */
function applies({ proxy }: ProxyContext, match: HttpMatch, target: RouteTarget): boolean {
  if (match.port && match.port !== target.port) return false;
  if (match.gateways?.length) return match.gateways.some((g) => target.gateways.has(g));
  return (
    subsetOf(match.sourceLabels, proxy.labels) && (!match.sourceNamespace || match.sourceNamespace === proxy.namespace)
  );
}

interface Translation extends RouteTarget {
  rule: HttpRoute;
  match: HttpMatch | undefined;
}

/** TranslateRoute in istio pilot/pkg/networking/core/route/route.go. */
function translate(context: ProxyContext, of: Translation): JsonObject {
  const { rule, match, config } = of;
  const operations = headerOperations(rule.headers);
  const matcher = routeMatch(match, config.semantics);
  const action = actionOf(context, of, operations);
  const route: JsonObject = {
    ...operations.fields,
    ...action,
    decorator: { operation: operationName(action, { matcher, of }) },
    match: matcher,
    metadata: configMetadata(config),
    name: text(match?.name ? `${rule.name ?? ''}.${match.name}` : rule.name),
    statPrefix: text(match?.statPrefix),
    typedPerFilterConfig: perFilter(rule),
  };
  context.origins.mark(route, originOfSpec(context, rule));
  context.origins.mark(matcher, originOfSpec(context, match));
  noteRoute(context, route, { rule, gateway: config.semantics === 'gateway' });
  noteHeaders(context, route, rule.route?.length === 1 ? [rule, ...rule.route] : [rule]);
  return route;
}

function actionOf(context: ProxyContext, of: Translation, operations: HeaderOperations): JsonObject {
  if (of.rule.redirect) {
    const redirect = redirectAction(of.rule, of.port, of.tls ?? false);
    return redirect ? { redirect } : {};
  }
  if (of.rule.directResponse) return { directResponse: directResponse(of.rule) };
  return destinations(context, of, operations);
}

/** The `route` action and what the only destination adds to the route's header operations. */
function destinations(context: ProxyContext, of: Translation, operations: HeaderOperations): JsonObject {
  const { rule } = of;
  const legs = (rule.route ?? []).filter((leg, _, all) => all.length === 1 || (leg.weight ?? 0) !== 0);
  const only = rule.route?.length === 1 ? rule.route[0] : undefined;
  const legOperations = headerOperations(only?.headers);
  const authority = rule.rewrite?.authority || operations.authority || legOperations.authority;
  const hashes = legs.map((leg) => hashOf(context, leg));
  const timeout = durationText(rule.timeout ?? 0);
  const action: JsonObject = {
    ...rewrites(context, rule, of),
    ...(only ? { cluster: clusterOf(of, only) } : { weightedClusters: weighted(context, of, legs) }),
    clusterNotFoundResponseCode: of.config.semantics === 'gateway' ? 'INTERNAL_SERVER_ERROR' : undefined,
    hashPolicy: policies(context, hashes),
    hostRewriteLiteral: text(authority),
    maxGrpcTimeout: timeout,
    requestMirrorPolicies: mirrors(context, of),
    retryPolicy: retryPolicy(
      rule.retries ?? context.mesh.defaultHttpRetryPolicy,
      only !== undefined && hashes[0] !== undefined,
    ),
    timeout,
  };
  if (only) context.origins.mark(action, originOfSpec(context, only), 'cluster');
  return { ...mergeOperations(operations.fields, legOperations.fields), route: action };
}

const clusterOf = (of: Translation, leg: HttpDestination): string =>
  destinationCluster(leg.destination, of.serviceOf(leg.destination?.host ?? ''), of.port);

const hashOf = (context: ProxyContext, leg: HttpDestination) =>
  hashOfDestination(ruleSpec(destinationRule(context, leg.destination?.host ?? '')), leg.destination);

function policies(context: ProxyContext, hashes: Parameters<typeof notedHash>[1][]): JsonObject[] | undefined {
  const out = present(hashes.map((hash) => notedHash(context, hash)));
  return out.length > 0 ? out : undefined;
}

function weighted(context: ProxyContext, of: Translation, legs: readonly HttpDestination[]): JsonObject {
  const clusters = legs.map((leg) => {
    const operations = headerOperations(leg.headers);
    const cluster: JsonObject = {
      ...operations.fields,
      hostRewriteLiteral: text(operations.authority),
      name: clusterOf(of, leg),
      weight: leg.weight,
    };
    context.origins.mark(cluster, originOfSpec(context, leg));
    // A backend of the Gateway API may leave its weight out.
    const weighed =
      of.config.semantics === 'gateway' ? originOfSpec(context, leg) : originOfField(context, leg, 'weight');
    context.origins.mark(cluster, weighed, 'weight');
    noteHeaders(context, cluster, [leg]);
    return cluster;
  });
  return clusters.length > 0 ? { clusters } : {};
}

function mirrors(context: ProxyContext, of: Translation): JsonObject[] | undefined {
  const { rule } = of;
  const fraction = mirrorFraction(rule.mirrorPercentage, rule.mirrorPercent);
  const wanted = [
    {
      destination: rule.mirror,
      fraction,
      spec: rule.mirror as object | undefined,
      share: originOfShare(context, rule),
    },
    ...(rule.mirrors ?? []).map((m) => ({
      destination: m.destination,
      fraction: mirrorFraction(m.percentage),
      spec: m,
      share: originOfSpec(context, m.percentage),
    })),
  ];
  const out = wanted.flatMap(({ destination, fraction, spec, share }) => {
    if (!destination || !fraction) return [];
    const cluster = destinationCluster(destination, of.serviceOf(destination.host ?? ''), of.port);
    const policy = mirrorPolicy(cluster, fraction);
    context.origins.mark(policy, originOfSpec(context, spec));
    context.origins.mark(policy, share, 'runtimeFraction');
    return [policy];
  });
  return out.length > 0 ? out : undefined;
}

function rewrites(context: ProxyContext, { rewrite }: HttpRoute, { match, config }: Translation): JsonObject {
  if (!rewrite) return {};
  const forwarded = { appendXForwardedHost: flag(context.proxyConfig.proxyHeaders?.xForwardedHost?.enabled) };
  const regex = rewrite.uriRegexRewrite;
  if (regex)
    return { ...forwarded, regexRewrite: { pattern: { regex: text(regex.match) }, substitution: text(regex.rewrite) } };
  if (!rewrite.uri) return forwarded;
  if (config.semantics !== 'gateway' || rewrite.uri !== '/') return { ...forwarded, prefixRewrite: rewrite.uri };
  // Removing a prefix must leave one slash, whether or not the path goes on after it.
  const prefix = String(routeMatch(match, config.semantics).pathSeparatedPrefix ?? '');
  const quoted = prefix.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
  return { ...forwarded, regexRewrite: { pattern: { regex: `^${quoted}(/?)(.*)` }, substitution: '/\\2' } };
}

function perFilter(rule: HttpRoute): JsonObject | undefined {
  if (!rule.fault && !rule.corsPolicy) return undefined;
  return {
    'envoy.filters.http.cors': rule.corsPolicy && corsConfig(rule.corsPolicy),
    'envoy.filters.http.fault': rule.fault && faultConfig(rule.fault),
  };
}

/** Name of the operation in traces: the one destination and the path, else that of the VirtualService (GetRouteOperation). */
function operationName(action: JsonObject, { matcher, of }: { matcher: JsonObject; of: Translation }): string {
  const regex = (matcher.safeRegex as { regex?: string } | undefined)?.regex;
  const path = matcher.prefix !== undefined ? `${matcher.prefix}*` : (matcher.path ?? regex ?? '/*');
  const cluster = (action.route as { cluster?: string } | undefined)?.cluster;
  const parts = cluster === undefined ? undefined : parseSubsetKey(cluster);
  return parts ? `${parts.host}:${parts.port}${path}` : `${of.config.name}:${of.port}${path}`;
}
