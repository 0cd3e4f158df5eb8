import type { JsonObject } from '../../../json.ts';
import type { ConsistentHash, LoadBalancer } from '../../model/destination-rule.ts';
import { durationText } from '../../model/duration.ts';
import type { Service } from '../../model/service.ts';
import type { ProxyContext } from '../context.ts';
import { effectiveLocality } from '../endpoint/locality.ts';
import type { ClusterDraft } from './draft.ts';

/** applyLoadBalancer in istio pilot/pkg/networking/core/cluster_traffic_policy.go. */
export function applyLoadBalancer(
  context: ProxyContext,
  draft: ClusterDraft,
  of: { service: Service; loadBalancer: LoadBalancer | undefined },
): void {
  const { loadBalancer: lb } = of;
  // Unready endpoints are sent; in panic mode Envoy would use them (PILOT_AUTO_SEND_UNHEALTHY_ENDPOINTS).
  draft.commonLbConfig.healthyPanicThreshold ??= {};
  Object.assign(draft.commonLbConfig, localityConfig(context, draft, of));
  if (draft.type === 'ORIGINAL_DST') return;
  if (lb?.simple === 'PASSTHROUGH') {
    draft.type = 'ORIGINAL_DST';
    return;
  }
  Object.assign(draft.fields, algorithm(lb), hashing(lb?.consistentHash));
}

function algorithm(lb: LoadBalancer | undefined): JsonObject {
  // The default values of enumerations are left out by protojson: ROUND_ROBIN is Envoy's.
  if (lb?.simple === 'RANDOM') return { lbPolicy: 'RANDOM' };
  const slow = slowStart(lb);
  if (lb?.simple === 'ROUND_ROBIN') return { lbPolicy: undefined, roundRobinLbConfig: slow };
  return { lbPolicy: 'LEAST_REQUEST', leastRequestLbConfig: slow };
}

function slowStart(lb: LoadBalancer | undefined): JsonObject | undefined {
  const warmup = lb?.warmup;
  if (warmup)
    return {
      slowStartConfig: {
        // istiod always names this key (setWarmup).
        aggression: { defaultValue: warmup.aggression ?? 1, runtimeKey: '(' },
        minWeightPercent: { value: (warmup.minimumPercent ?? 10) || undefined },
        slowStartWindow: durationText(warmup.duration),
      },
    };
  const window = durationText(lb?.warmupDurationSecs);
  return window === undefined ? undefined : { slowStartConfig: { slowStartWindow: window } };
}

/** ApplyRingHashLoadBalancer: hashing overrides the algorithm. 64-bit numbers are strings in protojson. */
function hashing(hash: ConsistentHash | undefined): JsonObject {
  if (!hash) return {};
  const plain = { leastRequestLbConfig: undefined, roundRobinLbConfig: undefined };
  if (hash.maglev) {
    const size = hash.maglev.tableSize;
    return { lbPolicy: 'MAGLEV', ...(size ? { ...plain, maglevLbConfig: { tableSize: String(size) } } : {}) };
  }
  const size = hash.ringHash ? hash.ringHash.minimumRingSize : hash.minimumRingSize || 1024;
  return { lbPolicy: 'RING_HASH', ...(size ? { ...plain, ringHashLbConfig: { minimumRingSize: String(size) } } : {}) };
}

/** Weights between localities, only where a rule asks for them: they would disturb the algorithm otherwise. */
function localityConfig(
  context: ProxyContext,
  draft: ClusterDraft,
  of: { service: Service; loadBalancer: LoadBalancer | undefined },
): JsonObject {
  const locality = effectiveLocality(context.mesh, of.loadBalancer, of.service);
  if (locality?.kind === 'zoneAware') {
    const size = locality.setting.minClusterSize;
    return {
      zoneAwareLbConfig: {
        minClusterSize: size === undefined ? undefined : String(size),
        routingEnabled: locality.setting.enabled === false ? {} : undefined,
      },
    };
  }
  const setting = locality?.setting;
  const failover = (locality?.force ?? false) || draft.fields.outlierDetection !== undefined;
  const wanted = setting?.distribute || (failover && (setting?.failover || setting?.failoverPriority));
  return wanted ? { localityWeightedLbConfig: {} } : {};
}
