import type { Field, Finding } from '../../kube/schema/field.ts';
import { crdSelector, selectorFindings } from './common.ts';

/** CEL rules of the CRD (istio/api kubernetes/customresourcedefinitions.gen.yaml). */
export const proxyConfigCrd = (spec: Field): Finding[] => crdSelector(spec.get('selector'));

/** pkg/config/validation/validation.go, ValidateProxyConfig. */
export function proxyConfigWebhook(spec: Field): Finding[] {
  const concurrency = spec.get('concurrency');
  return [
    ...selectorFindings(spec.get('selector')),
    ...concurrency.when(concurrency.number < 0, 'concurrency must be greater than or equal to 0'),
  ];
}
