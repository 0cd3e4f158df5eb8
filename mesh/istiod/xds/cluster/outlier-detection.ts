import type { JsonObject } from '../../../json.ts';
import type { OutlierDetection } from '../../model/destination-rule.ts';
import { durationText } from '../../model/duration.ts';
import type { Service } from '../../model/service.ts';
import { positive } from '../any.ts';
import type { ClusterDraft } from './draft.ts';

/** A limit of 0 turns its kind of detection off. */
const limit = (name: string, enforcing: string, value: number | undefined): JsonObject =>
  value === undefined ? {} : { [name]: value, [enforcing]: value > 0 ? 100 : 0 };

/** applyOutlierDetection in istio pilot/pkg/networking/core/cluster_traffic_policy.go. */
export function applyOutlierDetection(
  draft: ClusterDraft,
  outlier: OutlierDetection | undefined,
  service: Service,
): void {
  if (!outlier) return;
  const split = outlier.splitExternalLocalOriginErrors === true;
  draft.fields.outlierDetection = {
    baseEjectionTime: durationText(outlier.baseEjectionTime),
    ...limit('consecutive5xx', 'enforcingConsecutive5xx', outlier.consecutive5xxErrors),
    ...limit('consecutiveGatewayFailure', 'enforcingConsecutiveGatewayFailure', outlier.consecutiveGatewayErrors),
    ...(split
      ? limit(
          'consecutiveLocalOriginFailure',
          'enforcingConsecutiveLocalOriginFailure',
          positive(outlier.consecutiveLocalOriginFailures),
        )
      : {}),
    enforcingLocalOriginSuccessRate: split ? 0 : undefined,
    // Istio never ejects by success rate.
    enforcingSuccessRate: 0,
    interval: durationText(outlier.interval),
    maxEjectionPercent: positive(outlier.maxEjectionPercent),
    splitExternalLocalOriginErrors: split || undefined,
  };
  const minimum = outlier.minHealthPercent ?? 0;
  // Unready endpoints are sent where traffic stays near: panic would use them.
  if (minimum >= 0) {
    const value = service.trafficDistribution === 'Any' ? minimum : 0;
    draft.commonLbConfig.healthyPanicThreshold = { value: value || undefined };
  }
  const codes = outlier.outlierDetectionHttpErrorCodes ?? [];
  if (codes.length > 0) draft.http = { ...draft.http, outlierDetection: { errorMatcher: statusMatcher(codes) } };
}

/** Which answers count as failures instead of all 5xx. */
function statusMatcher(codes: readonly number[]): JsonObject {
  const rules = codes.map((code) => ({
    httpResponseHeadersMatch: { headers: [{ name: ':status', stringMatch: { exact: String(code) } }] },
  }));
  return rules.length === 1 && rules[0] ? rules[0] : { orMatch: { rules } };
}
