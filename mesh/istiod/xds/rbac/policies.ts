import type { JsonObject } from '../../../json.ts';
import type { AuthorizationPolicy } from '../../model/authorization-policy.ts';
import { type Config, originOf } from '../../model/config.ts';
import type { ProxyContext } from '../context.ts';
import { fromFilterState } from './peer-principal.ts';
import { rbacPolicy } from './rule.ts';

export type Policy = Config<AuthorizationPolicy>;
export type Action = 'ALLOW' | 'DENY' | 'AUDIT' | 'CUSTOM';
export type PoliciesByAction = { [action in Action]: readonly Policy[] };

/** The policies that hold for the workload. An unknown action counts for nothing. */
export function policiesOf({ snapshot, proxy }: ProxyContext): PoliciesByAction {
  const all = snapshot.authorization.ofWorkload(proxy.namespace, proxy.labels);
  const of = (action: Action) => all.filter((p) => (p.spec.action ?? 'ALLOW') === action);
  return { ALLOW: of('ALLOW'), DENY: of('DENY'), AUDIT: of('AUDIT'), CUSTOM: of('CUSTOM') };
}

/** RBAC rules that count and those that are only tried (annotation istio.io/dry-run). */
export interface RuleSets {
  rules?: JsonObject;
  shadowRules?: JsonObject;
}

const never: JsonObject = {
  permissions: [{ notRule: { any: true } }],
  principals: [{ notId: { any: true } }],
};

/** Enumeration values of Envoy's RBAC; ALLOW is its default and left out. */
const rbacAction = { ALLOW: undefined, DENY: 'DENY', AUDIT: 'LOG', CUSTOM: 'DENY' } as const;

/** Builder.build in istio pilot/pkg/security/authz/builder/builder.go. `prefix` goes before the names of policies. */
export function ruleSets(
  context: ProxyContext,
  of: { policies: readonly Policy[]; action: Action; forTcp: boolean; prefix?: string },
): RuleSets {
  const sets = { rules: newRules(of.action), shadowRules: newRules(of.action) };
  const used = new Set<keyof RuleSets>();
  for (const policy of of.policies) {
    const kind = isDryRun(policy) ? 'shadowRules' : 'rules';
    used.add(kind);
    Object.assign(sets[kind].policies, rbacPolicies(context, policy, of));
  }
  return {
    ...(used.has('rules') ? { rules: written(sets.rules) } : {}),
    ...(used.has('shadowRules') ? { shadowRules: written(sets.shadowRules) } : {}),
  };
}

interface Rules {
  action: string | undefined;
  policies: JsonObject;
}
const newRules = (action: Action): Rules => ({ action: rbacAction[action], policies: {} });
const written = ({ action, policies }: Rules): JsonObject => ({
  action,
  policies: Object.keys(policies).length > 0 ? policies : undefined,
});

/** Policies without rules never match: one that allows then lets nothing in. */
function rbacPolicies(
  context: ProxyContext,
  policy: Policy,
  { action, forTcp, prefix = '' }: { action: Action; forTcp: boolean; prefix?: string },
): JsonObject {
  const nameOf = (rule: number) => `${prefix}ns[${policy.namespace}]-policy[${policy.name}]-rule[${rule}]`;
  const rules = policy.spec.rules ?? [];
  if (rules.length === 0) {
    const refusing = { ...never };
    context.origins.mark(refusing, originOf(policy, policy.spec.rules ? 'spec.rules' : undefined));
    return { [nameOf(0)]: refusing };
  }
  const { trustDomain, trustDomainAliases } = context.mesh;
  const out: JsonObject = {};
  for (const [i, rule] of rules.entries()) {
    const own = rbacPolicy(rule, {
      namespace: policy.namespace,
      trustDomains: [trustDomain, ...trustDomainAliases],
      forTcp,
      allows: action === 'ALLOW',
    });
    if (!own) continue;
    // Who asks an authorizer always reads the certificate.
    const built = context.peer === 'filterState' && action !== 'CUSTOM' ? fromFilterState(own) : own;
    context.origins.mark(built, originOf(policy, `spec.rules[${i}]`));
    out[nameOf(i)] = built;
  }
  return out;
}

/** strconv.ParseBool. */
const isDryRun = ({ annotations }: Policy): boolean =>
  ['1', 't', 'T', 'TRUE', 'true', 'True'].includes(annotations['istio.io/dry-run'] ?? '');
