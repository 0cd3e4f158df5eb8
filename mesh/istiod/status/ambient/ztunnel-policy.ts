import type { AuthorizationPolicy, AuthorizationRule, Operation, Source } from '../../model/authorization-policy.ts';
import { type Config, compareText } from '../../model/config.ts';

/** What a policy says of itself: whether it holds at the place, and why, or how far. */
export interface Binding {
  bound: boolean;
  reason: string;
  message: string;
}

/** Fields that only a proxy of layer 7 knows, in the order of istiod's messages. */
const httpOperation = ['hosts', 'notHosts', 'methods', 'notMethods', 'paths', 'notPaths'] as const;
const httpSource = ['remoteIpBlocks', 'notRemoteIpBlocks', 'requestPrincipals', 'notRequestPrincipals'] as const;
const tcpOperation = ['ports', 'notPorts'] as const;
const tcpSource = [
  ...(['ipBlocks', 'notIpBlocks', 'namespaces', 'notNamespaces'] as const),
  ...(['serviceAccounts', 'notServiceAccounts', 'principals', 'notPrincipals'] as const),
];
const tcpConditions = new Set([
  ...['source.ip', 'source.namespace', 'source.principal', 'destination.ip', 'destination.port'],
]);

/** How ztunnels take a policy without targets (convertAuthorizationPolicy in istio pilot/pkg/serviceregistry/ambient/authorization.go). */
export function ztunnelBinding({ namespace, name, annotations, spec }: Config<AuthorizationPolicy>): Binding {
  const refused = (message: string): Binding => ({ bound: false, reason: 'UnsupportedValue', message });
  if (/^(1|t|T|TRUE|true|True)$/.test(annotations['istio.io/dry-run'] ?? ''))
    return refused(
      `found policy "${namespace}/${name}" using dry-run annotation, but support for ambient dry-run authorizationPolicies isn't enabled`,
    );
  const { action = 'ALLOW', rules = [] } = spec;
  if (action !== 'ALLOW' && action !== 'DENY') return refused(`ztunnel does not support the ${action} action`);
  const found = [...new Set(rules.flatMap(httpFields))].sort(compareText);
  if (found.length === 0) return { bound: true, reason: 'Accepted', message: 'attached to ztunnel' };
  const message =
    `ztunnel does not support HTTP attributes (found: ${found.join(', ')}). ` +
    `In ambient mode you must use a waypoint proxy to enforce HTTP rules. ${consequence(action, rules)}`;
  return { bound: true, reason: 'UnsupportedValue', message };
}

function consequence(action: 'ALLOW' | 'DENY', rules: readonly AuthorizationRule[]): string {
  if (action === 'ALLOW')
    return 'Within an ALLOW policy, rules matching HTTP attributes are omitted. This will be more restrictive than requested.';
  if (rules.some(isEffective))
    return 'DENY policy with HTTP attributes is enforced without the HTTP rules. This will be more restrictive than requested.';
  return (
    'After omitting unsupported HTTP attributes, this DENY policy has no enforceable rules at ztunnel ' +
    'and will have no effect. Deploy a waypoint proxy and use a targetRef to enforce this policy.'
  );
}

const httpFields = ({ to = [], from = [], when = [] }: AuthorizationRule): string[] => [
  ...to.flatMap(({ operation = {} }) => httpOperation.filter((field) => has(operation, field))),
  ...from.flatMap(({ source = {} }) => httpSource.filter((field) => has(source, field))),
  ...when.flatMap(({ key = '' }) => (tcpConditions.has(key) ? [] : [key])),
];

/** Every part must have something left to match; a rule without parts matches all. */
function isEffective({ to = [], from = [], when = [] }: AuthorizationRule): boolean {
  const operations = to.length === 0 || to.some(({ operation = {} }) => tcpOperation.some((f) => has(operation, f)));
  const sources = from.length === 0 || from.some(({ source = {} }) => tcpSource.some((f) => has(source, f)));
  const conditions = when.every(
    ({ key = '', values = [], notValues = [] }) => tcpConditions.has(key) && values.length + notValues.length > 0,
  );
  return operations && sources && conditions;
}

const has = <T extends Operation | Source>(of: T, field: keyof T): boolean => {
  const value = of[field];
  return Array.isArray(value) && value.length > 0;
};
