import type { Field, Finding } from '../../kube/schema/field.ts';
import { attachmentFindings, crdAttachment } from './attachment.ts';
import { fromFindings, toFindings } from './authorization-rule.ts';
import { whenFindings } from './authorization-when.ts';
import { crdRule } from './crd.ts';

const accounts = ['serviceAccounts', 'notServiceAccounts'];
const identities = ['principals', 'notPrincipals', 'namespaces', 'notNamespaces'];

/** CEL rules of the CRD (istio/api kubernetes/customresourcedefinitions.gen.yaml). */
export function authorizationPolicyCrd(spec: Field): Finding[] {
  const has = (source: Field, names: string[]) => names.some((name) => source.get(name).present);
  const words = 'Cannot set serviceAccounts with namespaces or principals';
  return [
    ...crdAttachment(spec),
    ...spec
      .select('rules[].from[].source')
      .flatMap((source) => crdRule(source, has(source, accounts) && has(source, identities), words)),
  ];
}

interface Named {
  name: string;
}

/** pkg/config/validation/validation.go, ValidateAuthorizationPolicy: all errors begin with the policy's name. */
export function authorizationPolicyWebhook(spec: Field, namespace: string, { name }: Named): Finding[] {
  const found = [
    ...attachmentFindings(spec),
    ...actionFindings(spec),
    ...spec.select('rules[]').flatMap((rule, i) => ruleFindings(rule, i, spec.get('action').text)),
  ];
  return found.map((f) => (f.warning ? f : { ...f, message: `invalid policy ${name}.${namespace}: ${f.message}` }));
}

const never =
  'action without `rules` is meaningless as it will never be triggered, add an empty rule `{}` if you want it be triggered for every request';

function actionFindings(spec: Field): Finding[] {
  const [action, rules, provider] = [spec.get('action'), spec.get('rules'), spec.get('provider')];
  const nobody = ['DENY', 'CUSTOM'].includes(action.text) && rules.size === 0;
  const found = action.when(nobody, `${action.text} ${never}`);
  if (action.text !== 'CUSTOM') {
    const words = `\`provider\` must not be with non CUSTOM action, found ${action.text || 'ALLOW'}`;
    return [...found, ...provider.when(provider.present, words)];
  }
  const unnamed = rules.size > 0 && provider.get('name').text === '';
  return [...found, ...spec.when(unnamed, '`provider.name` must not be empty'), ...rules.items().flatMap(customRule)];
}

/** An external authorizer is asked by a filter that knows no peer identity (extauthz filter comes before RBAC's facts). */
const notInCustom = [
  ...['Namespaces', 'NotNamespaces', 'ServiceAccounts', 'NotServiceAccounts', 'TrustDomains', 'NotTrustDomains'],
  ...['Principals', 'NotPrincipals', 'RequestPrincipals', 'NotRequestPrincipals'],
];
const keysNotInCustom = ['source.namespace', 'source.serviceAccount', 'source.trustDomain', 'source.principal'];

function customRule(rule: Field): Finding[] {
  const words = (name: string) => `${name} is currently not supported with CUSTOM action`;
  const sources = rule.select('from[].source').flatMap((source) =>
    notInCustom.flatMap((name) => {
      const field = source.get(`${name.charAt(0).toLowerCase()}${name.slice(1)}`);
      return field.when(field.size > 0, words(`From.${name}`));
    }),
  );
  const keys = rule.select('when[].key').flatMap((key) => {
    const wrong = keysNotInCustom.includes(key.text) || key.text.startsWith('request.auth.');
    return key.when(wrong, words(key.text));
  });
  return [...sources, ...keys];
}

const tcpSource = ['principals', 'ipBlocks', 'namespaces', 'remoteIpBlocks', 'serviceAccounts'];
const both = (names: string[]) => names.flatMap((n) => [n, `not${n.charAt(0).toUpperCase()}${n.slice(1)}`]);

const closesTcp =
  'configured AuthorizationPolicy will deny all traffic to TCP ports under its scope due to the use of only HTTP attributes in a DENY rule; it is recommended to explicitly specify the port';

function ruleFindings(rule: Field, index: number, action: string): Finding[] {
  const [sources, operations] = [rule.select('from[].source'), rule.select('to[].operation')];
  const any = (fields: Field[], names: string[]) => fields.some((f) => names.some((name) => f.get(name).size > 0));
  const httpFrom = sources.length > 0 && operations.length === 0 && !any(sources, both(tcpSource));
  const httpTo = operations.length > 0 && !any(operations, both(['ports']));
  return [
    ...rule.select('from[]').flatMap((from) => fromFindings(from, index)),
    ...rule.select('to[]').flatMap((to) => toFindings(to, index)),
    ...rule.select('when[]').flatMap(whenFindings),
    ...(action === 'DENY' && (httpFrom || httpTo) ? [rule.warn(closesTcp)] : []),
  ];
}
