import type { JsonObject } from '../../../json.ts';
import type { AuthorizationRule, Operation, Source } from '../../model/authorization-policy.ts';
import { present } from '../any.ts';
import { type Attribute, conditionOf, operations, type Reading, sources } from './attributes.ts';
import { expandDomains, withAliases } from './trust-domain.ts';

export interface RuleOptions {
  /** Of the policy. */
  namespace: string;
  /** The mesh's trust domain and its aliases. */
  trustDomains: readonly string[];
  forTcp: boolean;
  /** Whether the rule lets requests in. */
  allows: boolean;
}

interface Condition {
  key: string;
  attribute: Attribute;
  values: readonly string[];
  notValues: readonly string[];
}

/**
 * One rule as an RBAC policy; undefined when it cannot be expressed (istio pilot/pkg/security/authz/model/model.go). Of an allowing
 * rule one bad value drops all, of a denying one only itself: both err towards refusing requests.
 */
export function rbacPolicy(rule: AuthorizationRule, options: RuleOptions): JsonObject | undefined {
  const when = { operation: [] as Condition[], source: [] as Condition[] };
  for (const { key = '', values = [], notValues = [] } of rule.when ?? []) {
    const found = conditionOf(key);
    if (!found) return undefined;
    if (values.length + notValues.length > 0)
      when[found.side].push({ key, attribute: found.attribute, values, notValues });
  }
  const from = rule.from?.length ? rule.from.map(({ source }) => ofSource(source ?? {})) : [[]];
  const to = rule.to?.length ? rule.to.map(({ operation }) => ofOperation(operation ?? {})) : [[]];
  // As istiod, which shares these conditions between the sources and replaces aliases once for each of them.
  const common = from.reduce((conditions) => migrated(conditions, options), when.source);
  const principals = from.map((own) => allOf([...migrated(own, options), ...common], identifiers, options));
  const permissions = to.map((own) => allOf([...own, ...when.operation], rules, options));
  if ([...principals, ...permissions].includes(undefined)) return undefined;
  return { permissions: present(permissions), principals: present(principals) };
}

/** Names of the fields that RBAC has for permissions and for principals. */
const rules = { and: 'andRules', or: 'orRules', not: 'notRule', list: 'rules' } as const;
const identifiers = { and: 'andIds', or: 'orIds', not: 'notId', list: 'ids' } as const;
type Words = typeof rules | typeof identifiers;

function allOf(conditions: readonly Condition[], words: Words, options: RuleOptions): JsonObject | undefined {
  const and: JsonObject[] = [];
  for (const condition of conditions) {
    const given = [valuesOf(condition, condition.values, words, options)];
    const not = valuesOf(condition, condition.notValues, words, options);
    given.push(not?.map((matcher) => ({ [words.not]: matcher })));
    for (const part of given) {
      if (!part) return undefined;
      and.push(...part);
    }
  }
  return { [words.and]: { [words.list]: and.length > 0 ? and : [{ any: true }] } };
}

/** None or one matcher; undefined when the rule must be dropped. */
function valuesOf(
  { key, attribute }: Condition,
  values: readonly string[],
  words: Words,
  options: RuleOptions,
): JsonObject[] | undefined {
  if (values.length === 0) return [];
  const reading: Reading = { key, forTcp: options.forTcp, namespace: options.namespace };
  if (attribute.all) {
    const matcher = attribute.all(values, reading);
    return matcher ? [matcher] : options.allows ? undefined : [];
  }
  const or = values.map((value) => attribute.each?.(value, reading));
  if (options.allows && or.includes(undefined)) return undefined;
  const known = or.filter((matcher) => matcher !== undefined);
  return known.length > 0 ? [{ [words.or]: { [words.list]: known } }] : [];
}

const condition = (
  attribute: Attribute | undefined,
  key: string,
  of: (readonly string[] | undefined)[],
): Condition[] =>
  attribute && of.some((values) => values?.length)
    ? [{ key, attribute, values: of[0] ?? [], notValues: of[1] ?? [] }]
    : [];

const ofSource = (s: Source): Condition[] => {
  const of = (key: string, ...values: (readonly string[] | undefined)[]) => condition(sources[key], key, values);
  return [
    ...of('source.principal', s.principals, s.notPrincipals),
    ...of('request.auth.principal', s.requestPrincipals, s.notRequestPrincipals),
    ...of('source.serviceAccount', s.serviceAccounts, s.notServiceAccounts),
    ...of('source.trustDomain', s.trustDomains, s.notTrustDomains),
    ...of('source.namespace', s.namespaces, s.notNamespaces),
    ...of('remote.ip', s.remoteIpBlocks, s.notRemoteIpBlocks),
    ...of('source.ip', s.ipBlocks, s.notIpBlocks),
  ];
};

const ofOperation = (o: Operation): Condition[] => {
  const of = (key: string, ...values: (readonly string[] | undefined)[]) => condition(operations[key], key, values);
  return [
    ...of('host', o.hosts, o.notHosts),
    ...of('method', o.methods, o.notMethods),
    ...of('path', o.paths, o.notPaths),
    ...of('destination.port', o.ports, o.notPorts),
  ];
};

const migrated = (conditions: readonly Condition[], { trustDomains }: RuleOptions): Condition[] =>
  conditions.map((c) => {
    const replace =
      c.key === 'source.principal' ? withAliases : c.key === 'source.trustDomain' ? expandDomains : undefined;
    if (!replace) return c;
    return { ...c, values: replace(c.values, trustDomains), notValues: replace(c.notValues, trustDomains) };
  });
