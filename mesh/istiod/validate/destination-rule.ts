import type { Field, Finding } from '../../kube/schema/field.ts';
import {
  crdSelector,
  exportToFindings,
  labelFindings,
  selectorFindings,
  subsetNameFindings,
  unless,
} from './common.ts';
import { crdDuration } from './duration.ts';
import { wildcardDomainError } from './names.ts';
import { trafficPolicyFindings } from './traffic-policy.ts';

const durations = [
  'connectionPool.http.http2KeepAlive.interval',
  'connectionPool.http.http2KeepAlive.timeout',
  'connectionPool.http.idleTimeout',
  'connectionPool.tcp.connectTimeout',
  'connectionPool.tcp.maxConnectionDuration',
  'connectionPool.tcp.tcpKeepalive.interval',
  'connectionPool.tcp.tcpKeepalive.time',
  'loadBalancer.warmup.duration',
  'loadBalancer.warmupDurationSecs',
  'outlierDetection.baseEjectionTime',
  'outlierDetection.interval',
];

/** CEL rules of the CRD (istio/api kubernetes/customresourcedefinitions.gen.yaml). */
export function destinationRuleCrd(spec: Field): Finding[] {
  const policies = [spec.get('trafficPolicy'), ...spec.select('subsets[].trafficPolicy')];
  const all = policies.flatMap((policy) => [policy, ...policy.get('portLevelSettings').items()]);
  return [
    ...all.flatMap((policy) => durations.flatMap((path) => policy.select(path))).flatMap(crdDuration),
    ...crdSelector(spec.get('workloadSelector')),
  ];
}

/** pkg/config/validation/validation.go, ValidateDestinationRule. */
export function destinationRuleWebhook(spec: Field, namespace: string): Finding[] {
  const seen = new Set<string>();
  const subsets = spec
    .get('subsets')
    .items()
    .flatMap((subset) => {
      const name = subset.get('name');
      const again = seen.has(name.text);
      seen.add(name.text);
      return [
        ...name.when(again, `duplicate subset names: ${name.text}`),
        ...subsetNameFindings(name),
        ...labelFindings(subset.get('labels')),
        // istiod drops the warnings of a subset's policy (validateSubset returns an error only).
        ...trafficPolicyFindings(subset.get('trafficPolicy'), namespace).filter((f) => !f.warning),
      ];
    });
  const selector = spec.get('workloadSelector');
  return [
    ...unless(spec.get('host'), wildcardDomainError(spec.get('host').text)),
    ...trafficPolicyFindings(spec.get('trafficPolicy'), namespace),
    ...subsets,
    ...exportToFindings(spec.get('exportTo'), namespace, { selector: selector.present }),
    ...selectorFindings(selector),
  ];
}
