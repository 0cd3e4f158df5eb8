import type { Field, Finding } from '../../../kube/schema/field.ts';
import { crdRule } from '../crd.ts';
import { parentRules } from './duplicates.ts';

/** Only a Service has ports. */
export function backendRule(ref: Field): Finding[] {
  const service = ref.get('group').text === '' && ['', 'Service'].includes(ref.get('kind').text);
  return crdRule(ref, ref.present && service && !ref.get('port').present, 'Must have port for Service reference');
}

/** TCPRoute and UDPRoute. */
export const l4RouteCrd = (spec: Field): Finding[] => [
  ...parentRules(spec),
  ...spec.select('rules[].backendRefs[]').flatMap(backendRule),
];

/** Rules may have names, and HTTPRoutes and GRPCRoutes up to 128 matches in all. */
export function ruleListRules(rules: Field): Finding[] {
  const names = rules.items().flatMap((rule) => rule.get('name').text || []);
  const matches = rules.items().reduce((sum, rule) => sum + rule.get('matches').size, 0);
  const many =
    'While 16 rules and 64 matches per rule are allowed, the total number of matches across all rules in a route must be less than 128';
  return [
    ...crdRule(rules, matches > 128, many),
    ...crdRule(rules, new Set(names).size < names.length, 'Rule name must be unique within the route'),
  ];
}
