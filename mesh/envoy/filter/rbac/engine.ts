import type { JsonObject } from '../../../json.ts';
import { isObject } from '../../../json.ts';
import { has, object, objects, refuse, text } from '../../match/proto.ts';
import {
  byFilterState,
  byHeader,
  byIdentity,
  byIp,
  byMetadata,
  byPath,
  byPortRange,
  byServerName,
  bySourcedMetadata,
  byTemplate,
  compileRule,
  type Grammar,
  type Match,
} from './matchers.ts';
import { remoteOf, type Subject } from './subject.ts';

const permissions: Grammar = {
  names: { and: 'andRules', or: 'orRules', not: 'notRule', list: 'rules' },
  kinds: {
    header: byHeader,
    urlPath: byPath,
    uriTemplate: byTemplate,
    destinationIp: byIp(({ connection }) => connection.destination),
    destinationPortRange: byPortRange,
    metadata: byMetadata,
    sourcedMetadata: bySourcedMetadata,
    requestedServerName: byServerName,
  },
};

const principals: Grammar = {
  names: { and: 'andIds', or: 'orIds', not: 'notId', list: 'ids' },
  kinds: {
    authenticated: byIdentity,
    header: byHeader,
    urlPath: byPath,
    sourceIp: byIp(({ connection }) => connection.source),
    directRemoteIp: byIp(({ connection }) => connection.source),
    remoteIp: byIp(remoteOf),
    metadata: byMetadata,
    sourcedMetadata: bySourcedMetadata,
    filterState: byFilterState,
  },
};

interface Policy {
  name: string;
  permissions: Match[];
  principals: Match[];
}

export interface Verdict {
  allowed: boolean;
  /** The policy that matched, '' when none did. */
  policy: string;
  /** Only for rules with action LOG: whether to log. */
  log: boolean | undefined;
}

export type Engine = (subject: Subject) => Verdict;

/**
 * envoy.config.rbac.v3.RBAC (envoy source/extensions/filters/common/rbac/engine_impl.cc): the first policy by name that
 * matches decides; without one, ALLOW denies and DENY and LOG allow. Undefined when there are no rules at all.
 */
export function compileEngine(rules: JsonObject | undefined, pointer: string): Engine | undefined {
  if (!rules) return undefined;
  const action = text(rules, 'action') || 'ALLOW';
  const found = object(rules, 'policies') ?? {};
  // A std::map: ordered by the bytes of the names.
  const policies = Object.keys(found)
    .sort()
    .map((name) => compilePolicy(name, found[name], `${pointer}/policies/${name}`));
  return (subject) => {
    const policy = policies.find((p) => p.permissions.some((m) => m(subject)) && p.principals.some((m) => m(subject)));
    const matched = policy !== undefined;
    return {
      allowed: action === 'LOG' || matched === (action === 'ALLOW'),
      policy: policy?.name ?? '',
      log: action === 'LOG' ? matched : undefined,
    };
  };
}

function compilePolicy(name: string, policy: unknown, pointer: string): Policy {
  if (!isObject(policy)) return refuse('a policy that is no object', pointer);
  if (has(policy, 'condition') || has(policy, 'checkedCondition'))
    return refuse('a condition in CEL is not interpreted in place sim', pointer);
  const each = (list: 'permissions' | 'principals', grammar: Grammar): Match[] =>
    objects(policy, list).map((rule, i) => compileRule(rule, grammar, `${pointer}/${list}/${i}`));
  return { name, permissions: each('permissions', permissions), principals: each('principals', principals) };
}

/** `rbac_access_denied_matched_policy[…]`, spaces as "_" (engine_impl.cc and utility.cc, responseDetail). */
export const deniedDetails = (policy: string): string =>
  `rbac_access_denied_matched_policy[${policy === '' ? 'none' : policy.replace(/\s/g, '_')}]`;

/** What rules leave in the metadata; `prefix` is that of their stats with `shadow` or `enforced` (measured). */
export function verdictMetadata({ allowed, policy }: Verdict, prefix: string): JsonObject {
  return {
    ...(policy === '' ? {} : { [`${prefix}_effective_policy_id`]: policy }),
    [`${prefix}_engine_result`]: allowed ? 'allowed' : 'denied',
  };
}

/** A stat prefix gets a dot of its own: `istio_dry_run_allow_.shadow_allowed` (measured). */
export const statName = (prefix: string, name: string): string => (prefix === '' ? name : `${prefix}.${name}`);
