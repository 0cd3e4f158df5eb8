import type { Field, Finding } from '../../../kube/schema/field.ts';
import { crdRule } from '../crd.ts';
import { backendRule, ruleListRules } from './backends.ts';
import { parentRules } from './duplicates.ts';
import { filterRules, sessionRules } from './filters.ts';

export const grpcRouteCrd = (spec: Field): Finding[] => [
  ...parentRules(spec),
  ...ruleListRules(spec.get('rules')),
  ...spec.select('rules[]').flatMap(ruleRules),
];

const ruleRules = (rule: Field): Finding[] => [
  ...rule
    .select('backendRefs[]')
    .flatMap((backend) => [...backendRule(backend), ...filterRules(backend.get('filters'))]),
  ...filterRules(rule.get('filters')),
  ...rule.select('matches[].method').flatMap(methodRules),
  ...sessionRules(rule.get('sessionPersistence')),
];

const service = '^(?i)\\.?[a-z_][a-z_0-9]*(\\.[a-z_][a-z_0-9]*)*$';
const method = '^[A-Za-z_][A-Za-z_0-9]*$';

/** Exact unless said otherwise. */
function methodRules(match: Field): Finding[] {
  const exact = ['', 'Exact'].includes(match.get('type').text);
  const [serviceName, methodName] = [match.get('service'), match.get('method')];
  const neither = !serviceName.present && !methodName.present;
  const isService = /^\.?[a-z_][a-z_0-9]*(\.[a-z_][a-z_0-9]*)*$/i.test(serviceName.text);
  const isMethod = new RegExp(method).test(methodName.text);
  const words = (what: string, pattern: string) => `${what} must only contain valid characters (matching ${pattern})`;
  return [
    ...crdRule(match, neither, "One or both of 'service' or 'method' must be specified"),
    ...crdRule(match, exact && serviceName.present && !isService, words('service', service)),
    ...crdRule(match, exact && methodName.present && !isMethod, words('method', method)),
  ];
}
