import type { Field, Finding } from '../../../kube/schema/field.ts';
import { crdRule } from '../crd.ts';
import { nanoseconds } from '../duration.ts';
import { backendRule, ruleListRules } from './backends.ts';
import { parentRules } from './duplicates.ts';
import { filterRules, sessionRules } from './filters.ts';

export const httpRouteCrd = (spec: Field): Finding[] => [
  ...parentRules(spec),
  ...ruleListRules(spec.get('rules')),
  ...spec.select('rules[]').flatMap(ruleRules),
];

function ruleRules(rule: Field): Finding[] {
  const redirects = rule.select('filters[].requestRedirect').length > 0;
  const backends = rule.get('backendRefs');
  const words = 'RequestRedirect filter must not be used together with backendRefs';
  return [
    ...crdRule(rule, backends.size > 0 && redirects, words),
    ...prefixRules(rule),
    ...backends.items().flatMap((backend) => [...backendRule(backend), ...filterRules(backend.get('filters'))]),
    ...filterRules(rule.get('filters')),
    ...rule.select('matches[].path').flatMap(pathRules),
    ...sessionRules(rule.get('sessionPersistence')),
    ...timeoutRules(rule.get('timeouts')),
  ];
}

const prefixFilters: [field: string, name: string][] = [
  ['requestRedirect', 'RequestRedirect'],
  ['urlRewrite', 'URLRewrite'],
];

/** A prefix can be replaced only where one prefix was matched. Without `matches` the CRD's default is the prefix `/`. */
function prefixRules(rule: Field): Finding[] {
  const matches = rule.get('matches');
  const only = matches.items()[0]?.at('path', 'type').text || 'PathPrefix';
  if (!matches.present || (matches.size === 1 && only === 'PathPrefix')) return [];
  const words = (name: string) =>
    `using ${name} filter with path.replacePrefixMatch, exactly one PathPrefix match must be specified`;
  return prefixFilters.flatMap(([field, name]) => {
    const replaces = (path: string) => rule.select(`${path}filters[].${field}.path.replacePrefixMatch`).length === 1;
    return [
      ...crdRule(rule, replaces(''), `When ${words(name)}`),
      ...crdRule(rule, replaces('backendRefs[].'), `Within backendRefs, when ${words(name)}`),
    ];
  });
}

const pchars = "^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$";
const forbidden = ['//', '/./', '/../', '%2f', '%2F', '#'];

function pathRules(path: Field): Finding[] {
  const type = path.get('type').text || 'PathPrefix';
  if (!['Exact', 'PathPrefix'].includes(type)) return [];
  const value = path.get('value').present ? path.get('value').text : '/';
  const types = "['Exact', 'PathPrefix']";
  const rule = (wrong: boolean, words: string) => crdRule(path, wrong, `${words} type one of ${types}`);
  return [
    ...rule(!value.startsWith('/'), "value must be an absolute path and start with '/' when"),
    ...forbidden.flatMap((part) => rule(value.includes(part), `must not contain '${part}' when`)),
    ...['/..', '/.'].flatMap((end) => rule(value.endsWith(end), `must not end with '${end}' when`)),
    ...crdRule(
      path,
      !new RegExp(pchars).test(value),
      `must only contain valid characters (matching ${pchars}) for types ${types}`,
    ),
  ];
}

function timeoutRules(timeouts: Field): Finding[] {
  const [request, backend] = ['request', 'backendRequest'].map((name) => nanoseconds(timeouts.get(name).text));
  const longer = request !== undefined && backend !== undefined && request !== 0n && backend > request;
  return crdRule(timeouts, longer, 'backendRequest timeout cannot be longer than request timeout');
}
