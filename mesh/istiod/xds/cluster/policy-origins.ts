import type { Json, JsonObject } from '../../../json.ts';
import type { TrafficPolicy } from '../../model/destination-rule.ts';
import { originOfField, originOfSpec, type ProxyContext } from '../context.ts';

/** Notes which blocks of a traffic policy decided which parts of a cluster. Those of the mesh's defaults have no object. */
export function notePolicy(context: ProxyContext, cluster: JsonObject, policy: TrafficPolicy): void {
  const note: Note = (node, part, spec, field) => {
    const holder = node as JsonObject | undefined;
    if (!spec || holder?.[part] === undefined) return;
    const value = field === undefined ? spec : spec[field];
    if (value === undefined) return;
    context.origins.mark(
      holder,
      field === undefined ? originOfSpec(context, spec) : originOfField(context, spec, field),
      part,
    );
  };
  noteLimits(note, cluster, policy);
  noteOutliers(note, cluster, policy);
  noteBalancer(note, cluster, policy);
  noteProtocol(note, cluster, policy);
  for (const part of ['transportSocket', 'transportSocketMatches']) {
    note(cluster, part, policy.proxyProtocol);
    note(cluster, part, policy.tls);
  }
}

/** Notes a `part` of a node: its cause is the whole block, or one `field` if the block has it. The last note holds. */
type Note = (node: Json | undefined, part: string, spec: Block | undefined, field?: string) => void;
type Block = { [field: string]: unknown };

function noteLimits(note: Note, cluster: JsonObject, { connectionPool, retryBudget }: TrafficPolicy): void {
  const { tcp, http } = connectionPool ?? {};
  const breakers = cluster.circuitBreakers as { thresholds?: JsonObject[] } | undefined;
  const limits = breakers?.thresholds?.[0];
  note(limits, 'maxConnections', tcp, 'maxConnections');
  note(limits, 'maxPendingRequests', http, 'http1MaxPendingRequests');
  note(limits, 'maxRequests', http, 'http2MaxRequests');
  note(limits, 'maxRetries', http, 'maxRetries');
  note(limits, 'retryBudget', retryBudget);
  note(cluster, 'connectTimeout', tcp, 'connectTimeout');
  note(cluster, 'upstreamConnectionOptions', tcp?.tcpKeepalive);
}

function noteOutliers(note: Note, cluster: JsonObject, { outlierDetection }: TrafficPolicy): void {
  note(cluster, 'outlierDetection', outlierDetection);
  note(cluster.commonLbConfig, 'healthyPanicThreshold', outlierDetection, 'minHealthPercent');
}

function noteBalancer(note: Note, cluster: JsonObject, { loadBalancer }: TrafficPolicy): void {
  for (const cause of ['simple', 'consistentHash']) note(cluster, 'lbPolicy', loadBalancer, cause);
  if (loadBalancer?.simple === 'PASSTHROUGH') note(cluster, 'type', loadBalancer, 'simple');
  for (const part of ['ringHashLbConfig', 'maglevLbConfig']) note(cluster, part, loadBalancer?.consistentHash);
  for (const part of ['leastRequestLbConfig', 'roundRobinLbConfig'])
    for (const cause of ['warmupDurationSecs', 'warmup']) note(cluster, part, loadBalancer, cause);
  note(cluster.commonLbConfig, 'localityWeightedLbConfig', loadBalancer?.localityLbSetting);
  note(cluster.commonLbConfig, 'zoneAwareLbConfig', loadBalancer?.zoneAwareLbSetting);
}

/** How HTTP is spoken. */
function noteProtocol(note: Note, cluster: JsonObject, policy: TrafficPolicy): void {
  const { tcp, http } = policy.connectionPool ?? {};
  const [options] = Object.values((cluster.typedExtensionProtocolOptions ?? {}) as JsonObject);
  for (const cause of ['idleTimeout', 'maxConnectionDuration']) note(options, 'commonHttpProtocolOptions', tcp, cause);
  for (const cause of ['idleTimeout', 'maxRequestsPerConnection'])
    note(options, 'commonHttpProtocolOptions', http, cause);
  for (const cause of ['maxConcurrentStreams', 'http2KeepAlive', 'h2UpgradePolicy'])
    note(options, 'explicitHttpConfig', http, cause);
  note(options, 'useDownstreamProtocolConfig', http, 'useClientProtocol');
  note(options, 'upstreamHttpProtocolOptions', policy.tls);
  note(options, 'outlierDetection', policy.outlierDetection, 'outlierDetectionHttpErrorCodes');
}
