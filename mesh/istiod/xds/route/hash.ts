import type { JsonObject } from '../../../json.ts';
import type { ConsistentHash, DestinationRule, TrafficPolicy } from '../../model/destination-rule.ts';
import { durationText } from '../../model/duration.ts';
import type { Destination } from '../../model/virtual-service.ts';
import { some, text } from '../any.ts';

const ofPort = (policy: TrafficPolicy | undefined, port: number | undefined): ConsistentHash | undefined =>
  port === undefined
    ? undefined
    : policy?.portLevelSettings?.find((p) => p.port?.number === port)?.loadBalancer?.consistentHash;

/** The narrowest setting that hashes: subset and port, subset, port, rule (HashForHTTPDestination). */
export function hashOfDestination(
  rule: DestinationRule | undefined,
  destination: Destination | undefined,
): ConsistentHash | undefined {
  const port = destination?.port?.number;
  const subset = rule?.subsets?.find((s) => s.name === (destination?.subset ?? ''))?.trafficPolicy;
  return (
    ofPort(subset, port) ??
    subset?.loadBalancer?.consistentHash ??
    ofPort(rule?.trafficPolicy, port) ??
    rule?.trafficPolicy?.loadBalancer?.consistentHash
  );
}

/** hashForService: for the route of a service that has no VirtualService. */
export const hashOfService = (rule: DestinationRule | undefined, port: number): ConsistentHash | undefined =>
  ofPort(rule?.trafficPolicy, port) ?? rule?.trafficPolicy?.loadBalancer?.consistentHash;

/** What a request is hashed by (ConsistentHashToHashPolicy). */
export function hashPolicy(hash: ConsistentHash | undefined): JsonObject | undefined {
  if (hash?.httpHeaderName !== undefined) return { header: { headerName: hash.httpHeaderName } };
  const cookie = hash?.httpCookie;
  if (cookie)
    return {
      cookie: {
        attributes: some(cookie.attributes?.map((a) => ({ name: text(a.name), value: text(a.value) }))),
        name: text(cookie.name),
        path: text(cookie.path),
        ttl: durationText(cookie.ttl),
      },
    };
  if (hash?.useSourceIp !== undefined) return { connectionProperties: { sourceIp: hash.useSourceIp || undefined } };
  return hash?.httpQueryParameterName === undefined
    ? undefined
    : { queryParameter: { name: hash.httpQueryParameterName } };
}
