import type { DestinationRule, TrafficPolicy } from './destination-rule.ts';

/**
 * The policy for one port. Port settings do not inherit from those of the destination: what they leave out is the
 * default (GetPortLevelTrafficPolicy in istio pilot/pkg/networking/util/util.go).
 */
export function portPolicy(
  policy: TrafficPolicy | undefined,
  port: number,
): { policy: TrafficPolicy | undefined; ofPort: boolean } {
  const found = policy?.portLevelSettings?.find((p) => p.port?.number === port);
  if (!found) return { policy, ofPort: false };
  const { loadBalancer, connectionPool, outlierDetection, tls } = found;
  return { policy: { loadBalancer, connectionPool, outlierDetection, tls }, ofPort: true };
}

/** A subset's policy over that of its rule: what the subset sets replaces whole blocks (MergeSubsetTrafficPolicy). */
export function subsetPolicy(
  rule: TrafficPolicy | undefined,
  subset: TrafficPolicy | undefined,
  port: number,
): TrafficPolicy | undefined {
  const base = portPolicy(rule, port).policy;
  if (!subset) return base;
  const { policy: own, ofPort } = portPolicy(subset, port);
  if (!base) return own;
  const { portLevelSettings: _dropped, ...merged } = base;
  return overlay(merged, own ?? {}, ofPort);
}

/** `whole`: blocks that `over` leaves out fall back to their defaults instead of those of `base`. */
function overlay(base: TrafficPolicy, over: TrafficPolicy, whole: boolean): TrafficPolicy {
  const pick = <T>(mine: T | undefined, theirs: T | undefined) => (mine !== undefined || whole ? mine : theirs);
  return {
    connectionPool: pick(over.connectionPool, base.connectionPool),
    outlierDetection: pick(over.outlierDetection, base.outlierDetection),
    loadBalancer: pick(over.loadBalancer, base.loadBalancer),
    tls: pick(over.tls, base.tls),
    tunnel: over.tunnel ?? base.tunnel,
    proxyProtocol: over.proxyProtocol ?? base.proxyProtocol,
    retryBudget: over.retryBudget ?? base.retryBudget,
  };
}

/** What holds for traffic to one port of one subset ("" is the whole service). */
export function effectivePolicy(
  rule: DestinationRule | undefined,
  subset: string,
  port: number,
): TrafficPolicy | undefined {
  if (!rule) return undefined;
  const own = rule.subsets?.find((s) => s.name === subset)?.trafficPolicy;
  return subsetPolicy(rule.trafficPolicy, own, port);
}
