import { isObject, objects } from '../../json.ts';
import type { KubeObject } from '../../kube/objects.ts';

/** Written by autoregistration where the WorkloadGroup has a probe (istio pilot/pkg/model/status/workloadentry.go). */
export const HEALTH_CHECKS = 'proxy.istio.io/health-checks-enabled';

/** Values that Go's strconv.ParseBool takes for true. */
const yes = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);

/**
 * Whether a WorkloadEntry serves at all: one that is probed counts only after it was found healthy, and is taken out of all services
 * (not marked) when it is not (isHealthy in istio pilot/pkg/serviceregistry/serviceentry/conversion.go).
 */
export function isHealthy({ metadata, status }: KubeObject): boolean {
  if (!yes.has(metadata.annotations?.[HEALTH_CHECKS] ?? '')) return true;
  const conditions = isObject(status) ? objects(status.conditions) : [];
  return conditions.find((c) => c.type === 'Healthy')?.status === 'True';
}
