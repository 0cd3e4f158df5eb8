import type { JsonObject } from '../../../json.ts';
import type { ConnectionPool, TcpKeepalive, TrafficPolicy } from '../../model/destination-rule.ts';
import { durationText } from '../../model/duration.ts';
import { isHttp } from '../../model/protocol.ts';
import type { Port } from '../../model/service.ts';
import { positive } from '../any.ts';
import type { ProxyContext } from '../context.ts';
import { meshOrigin } from '../mesh-origins.ts';
import { type ClusterDraft, useClientProtocol, useHttp2 } from './draft.ts';

/** Istio lifts Envoy's limits (1024, and 3 retries); a DestinationRule sets its own. */
const UNLIMITED = 4294967295;

/** applyConnectionPool in istio pilot/pkg/networking/core/cluster_traffic_policy.go. */
export function applyConnectionPool(
  context: ProxyContext,
  draft: ClusterDraft,
  policy: { connectionPool?: ConnectionPool; retryBudget?: TrafficPolicy['retryBudget'] },
): void {
  const { tcp, http } = policy.connectionPool ?? {};
  draft.fields.connectTimeout = durationText(tcp?.connectTimeout ?? context.mesh.connectTimeout);
  draft.fields.circuitBreakers = {
    thresholds: [
      {
        maxConnections: positive(tcp?.maxConnections) ?? UNLIMITED,
        maxPendingRequests: positive(http?.http1MaxPendingRequests) ?? UNLIMITED,
        maxRequests: positive(http?.http2MaxRequests) ?? UNLIMITED,
        maxRetries: positive(http?.maxRetries) ?? UNLIMITED,
        retryBudget: retryBudget(policy.retryBudget),
      },
    ],
  };
  draft.fields.upstreamConnectionOptions = keepalive(context.mesh.tcpKeepalive, tcp?.tcpKeepalive);
  applyHttp(draft, policy.connectionPool);
  if (http?.useClientProtocol) useClientProtocol(draft);
}

const retryBudget = (budget: TrafficPolicy['retryBudget']): JsonObject | undefined =>
  budget && {
    budgetInterval: durationText(budget.budgetInterval),
    budgetPercent: { value: (budget.percent ?? 20) || undefined },
    minRetryConcurrency: positive(budget.minRetryConcurrency) ?? 3,
  };

/** Settings of the rule over those of the mesh. An empty setting still turns keepalive on, with the system's values. */
function keepalive(mesh: TcpKeepalive | undefined, own: TcpKeepalive | undefined): JsonObject | undefined {
  if (!mesh && !own) return undefined;
  const seconds = (pick: (k: TcpKeepalive) => number | undefined) => {
    const value = (own && pick(own)) ?? (mesh && pick(mesh));
    return value === undefined ? undefined : Math.floor(value / 1e9);
  };
  return {
    tcpKeepalive: {
      keepaliveInterval: seconds((k) => k.interval),
      keepaliveProbes: positive(own?.probes) ?? positive(mesh?.probes),
      keepaliveTime: seconds((k) => k.time),
    },
  };
}

function applyHttp(draft: ClusterDraft, pool: ConnectionPool | undefined): void {
  const { tcp, http } = pool ?? {};
  const idle = http?.idleTimeout ?? tcp?.idleTimeout;
  const perConnection = positive(http?.maxRequestsPerConnection);
  const streams = positive(http?.maxConcurrentStreams);
  const lifetime = tcp?.maxConnectionDuration;
  const alive = http?.http2KeepAlive;
  if (idle === undefined && !perConnection && !streams && lifetime === undefined && !alive) return;
  draft.http ??= {};
  draft.http.common = {
    ...draft.http.common,
    idleTimeout: durationText(idle),
    maxConnectionDuration: durationText(lifetime),
    maxRequestsPerConnection: perConnection,
  };
  const { protocol } = draft.http;
  if (!protocol || !('explicitHttpConfig' in protocol) || !protocol.explicitHttpConfig.http2ProtocolOptions) return;
  protocol.explicitHttpConfig = {
    http2ProtocolOptions: {
      connectionKeepalive: alive && { interval: durationText(alive.interval), timeout: durationText(alive.timeout) },
      maxConcurrentStreams: streams,
    },
  };
}

/** shouldH2Upgrade: the rule's word counts on any port, the mesh's only on ports known as HTTP. */
export function applyH2Upgrade(
  context: ProxyContext,
  draft: ClusterDraft,
  of: { port: Port; pool?: ConnectionPool },
): void {
  const http = of.pool?.http;
  if (http?.useClientProtocol || http?.h2UpgradePolicy === 'DO_NOT_UPGRADE') return;
  const byMesh = isHttp(of.port.protocol) && context.mesh.h2UpgradePolicy === 'UPGRADE';
  if (http?.h2UpgradePolicy !== 'UPGRADE' && !byMesh) return;
  const known = draft.http?.protocol;
  useHttp2(draft);
  const now = draft.http?.protocol;
  if (byMesh && !known && now && 'explicitHttpConfig' in now)
    context.origins.mark(now.explicitHttpConfig, meshOrigin(context.snapshot, 'h2UpgradePolicy'));
}
