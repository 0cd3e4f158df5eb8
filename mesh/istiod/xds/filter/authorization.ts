import type { JsonObject } from '../../../json.ts';
import { compareText } from '../../model/config.ts';
import { typed } from '../any.ts';
import { originOfField, type ProxyContext } from '../context.ts';
import { providerOrigin } from '../mesh-origins.ts';
import { AUTHZ_PREFIX, askedFor, authorizer, shadowPrefix } from '../rbac/ext-authz.ts';
import { type Policy, policiesOf, type RuleSets, ruleSets } from '../rbac/policies.ts';
import type { HttpFilterBuilder } from './filter.ts';

/** AuthorizationPolicies as filters (istio pilot/pkg/security/authz/builder/builder.go); clients have none. */
export const authorization: HttpFilterBuilder = ({ context, direction }) =>
  direction === 'outbound' ? [] : localFilters(context, http);
/** Those that ask somebody else: action CUSTOM. */
export const customAuthorization: HttpFilterBuilder = ({ context, direction }) =>
  direction === 'outbound' ? [] : customFilters(context, http);

/** The same for connections that are not HTTP; conditions of HTTP are left out of rules that deny, and drop those that allow. */
/** `between`: filters that stand after who is asked outside. */
export const networkAuthorization = (context: ProxyContext, between: readonly JsonObject[] = []): JsonObject[] => [
  ...customFilters(context, network),
  ...between,
  ...localFilters(context, network),
];

/** Where the filters stand. */
interface Level {
  forTcp: boolean;
  rbac: (fields: JsonObject) => JsonObject;
  rbacName: string;
  extAuthz: (fields: JsonObject) => JsonObject;
}

const filterAt =
  (level: 'http' | 'network', kind: 'rbac' | 'ext_authz') =>
  (fields: JsonObject): JsonObject => {
    const type = kind === 'rbac' ? 'RBAC' : 'ExtAuthz';
    return {
      name: `envoy.filters.${level}.${kind}`,
      typedConfig: typed(`envoy.extensions.filters.${level}.${kind}.v3.${type}`, fields),
    };
  };

const http: Level = {
  forTcp: false,
  rbac: filterAt('http', 'rbac'),
  rbacName: 'envoy.filters.http.rbac',
  extAuthz: filterAt('http', 'ext_authz'),
};
const network: Level = {
  forTcp: true,
  rbac: (fields) => filterAt('network', 'rbac')({ ...fields, statPrefix: 'tcp.' }),
  rbacName: 'envoy.filters.network.rbac',
  extAuthz: filterAt('network', 'ext_authz'),
};

/** Audited first, because a request that is refused must be logged too. */
function localFilters(context: ProxyContext, level: Level): JsonObject[] {
  const policies = policiesOf(context);
  return (['AUDIT', 'DENY', 'ALLOW'] as const).flatMap((action) => {
    if (policies[action].length === 0) return [];
    const sets = ruleSets(context, { policies: policies[action], action, forTcp: level.forTcp });
    return [level.rbac({ ...sets, shadowRulesStatPrefix: tried(sets) })];
  });
}

/** Of a filter without rules in dry run too: without rules istiod reads their action as ALLOW. */
function tried({ shadowRules }: RuleSets): string | undefined {
  if (shadowRules?.action === undefined) return shadowPrefix.allow;
  return shadowRules.action === 'DENY' ? shadowPrefix.deny : undefined;
}

/** The RBAC filter only finds out which policy matches; the filter after it then asks. */
function customFilters(context: ProxyContext, level: Level): JsonObject[] {
  const byProvider = new Map<string, Policy[]>();
  for (const policy of policiesOf(context).CUSTOM) {
    const name = policy.spec.provider?.name ?? '';
    byProvider.set(name, [...(byProvider.get(name) ?? []), policy]);
  }
  const names = [...byProvider.keys()].sort(compareText);
  return names.flatMap((name) => {
    const { forTcp } = level;
    const prefix = name ? `${AUTHZ_PREFIX}-${name}-` : `${AUTHZ_PREFIX}-`;
    const sets = ruleSets(context, { policies: byProvider.get(name) ?? [], action: 'CUSTOM', forTcp, prefix });
    // PILOT_ENABLE_MULTIPLE_CUSTOM_AUTHZ_PROVIDERS is off.
    const found = names.length > 1 ? 'a workload can have one external authorizer only' : authorizer(context, name);
    if (typeof found === 'string') return [refused(context, level, { name, why: found, sets })];
    const own = forTcp ? found.network : found.http;
    if (!own) return [];
    const asked = level.extAuthz({ ...own, filterEnabledMetadata: askedFor(level.rbacName, name) });
    const [first] = byProvider.get(name) ?? [];
    context.origins.mark(asked, originOfField(context, first?.spec.provider, 'name'));
    context.origins.mark(asked, providerOrigin(context.snapshot, name), 'typedConfig');
    return [
      level.rbac({
        shadowRules: sets.rules ?? { action: 'DENY' },
        shadowRulesStatPrefix: shadowPrefix.custom,
        rules: sets.shadowRules?.policies ? sets.shadowRules : undefined,
      }),
      asked,
    ];
  });
}

/** Who cannot be asked allows nothing: the policies' requests are denied. */
function refused(
  context: ProxyContext,
  level: Level,
  { name, why, sets }: { name: string; why: string; sets: RuleSets },
): JsonObject {
  const what = `CUSTOM authorization by ${name || '(no provider)'} cannot be asked: ${why}; its requests are denied`;
  if (!context.problems.some((p) => p.what === what))
    context.problems.push({ what, fix: 'define the provider in extensionProviders of the mesh config' });
  const policies = Object.entries((sets.rules?.policies ?? {}) as JsonObject).map(([key, policy]) => [
    `${key}-deny-due-to-bad-CUSTOM-action`,
    policy,
  ]);
  return level.rbac({
    rules: { action: 'DENY', policies: policies.length ? Object.fromEntries(policies) : undefined },
  });
}
