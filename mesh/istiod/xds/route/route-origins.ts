import type { JsonObject } from '../../../json.ts';
import type { ConsistentHash } from '../../model/destination-rule.ts';
import type { Headers, HttpRoute } from '../../model/virtual-service.ts';
import { originOfField, originOfSpec, type ProxyContext } from '../context.ts';
import type { Origin } from '../types.ts';
import { hashPolicy } from './hash.ts';

type RuleField = 'redirect' | 'directResponse' | 'timeout' | 'retries' | 'fault' | 'corsPolicy' | 'rewrite';
/** Where routes of the Gateway API have what a VirtualService has in a field of its own. */
const gatewayField: { [field in RuleField]?: string } = {
  redirect: 'filters',
  rewrite: 'filters',
  corsPolicy: 'filters',
  timeout: 'timeouts',
  retries: 'retry',
};

/** Notes which field of a rule decided which part of its route. */
export function noteRoute(
  context: ProxyContext,
  route: JsonObject,
  { rule, gateway }: { rule: HttpRoute; gateway: boolean },
): void {
  const causeOf = (field: RuleField): Origin | undefined => {
    const value = rule[field];
    // What a delegate inherits keeps the place where it was written.
    const own = typeof value === 'object' ? originOfSpec(context, value) : undefined;
    const name = gateway ? gatewayField[field] : field;
    return own ?? (name === undefined ? undefined : originOfField(context, holderOf(rule, field), name));
  };
  const note = (node: unknown, part: string, field: RuleField) => {
    const holder = node as JsonObject | undefined;
    if (holder?.[part] !== undefined && rule[field] !== undefined) context.origins.mark(holder, causeOf(field), part);
  };
  for (const field of ['redirect', 'directResponse'] as const) note(route, field, field);
  for (const part of ['timeout', 'maxGrpcTimeout']) note(route.route, part, 'timeout');
  note(route.route, 'retryPolicy', 'retries');
  for (const part of ['prefixRewrite', 'regexRewrite']) note(route.route, part, 'rewrite');
  if (rule.rewrite?.authority) note(route.route, 'hostRewriteLiteral', 'rewrite');
  note(route.typedPerFilterConfig, 'envoy.filters.http.fault', 'fault');
  note(route.typedPerFilterConfig, 'envoy.filters.http.cors', 'corsPolicy');
}

/** The route in which a field was written: a delegate's, or the one that led to it. */
const holderOf = (rule: HttpRoute, field: keyof HttpRoute): HttpRoute =>
  rule.inherited?.fields.some((f) => f === field) ? rule.inherited.from : rule;

/** Where the share of requests that `rule.mirror` gets was written. */
export const originOfShare = (context: ProxyContext, rule: HttpRoute): Origin | undefined =>
  rule.mirrorPercentage
    ? originOfSpec(context, rule.mirrorPercentage)
    : rule.mirrorPercent === undefined
      ? undefined
      : originOfField(context, holderOf(rule, 'mirrorPercent'), 'mirrorPercent');

const operations = [
  ['requestHeadersToAdd', 'request', ['set', 'add']],
  ['requestHeadersToRemove', 'request', ['remove']],
  ['responseHeadersToAdd', 'response', ['set', 'add']],
  ['responseHeadersToRemove', 'response', ['remove']],
] as const;

/** Notes from which of `sources` a route or destination got its changes to headers; the first that has some is told. */
export function noteHeaders(context: ProxyContext, node: JsonObject, sources: readonly { headers?: Headers }[]): void {
  for (const [part, side, names] of operations) {
    if (node[part] === undefined) continue;
    const [cause] = sources.flatMap((source) => {
      const changes = source.headers?.[side];
      const name = names.find((n) => Object.keys(changes?.[n] ?? {}).length > 0);
      if (!changes || !name) return [];
      // In the Gateway API they are filters of a rule or backend.
      return originOfField(context, changes, name) ?? originOfField(context, source, 'filters') ?? [];
    });
    context.origins.mark(node, cause, part);
  }
}

/** A hash policy that knows its DestinationRule. */
export function notedHash(context: ProxyContext, hash: ConsistentHash | undefined): JsonObject | undefined {
  const policy = hashPolicy(hash);
  context.origins.mark(policy, originOfSpec(context, hash));
  return policy;
}
