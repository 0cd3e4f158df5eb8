import { expect, it } from 'vitest';
import { filterInput } from '../../../../test/support/filter-input.ts';
import { authorization, customAuthorization, networkAuthorization } from './authorization.ts';
import type { TrafficDirection } from './filter.ts';

const policy = (name: string, spec: string) =>
  `{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: ${name}, namespace: shop}, spec: ${spec}}`;
const rule = 'rules: [{to: [{operation: {ports: ["8080"]}}]}]';
const all = [
  policy('allow', `{${rule}}`),
  policy('deny', `{action: DENY, ${rule}}`),
  policy('audit', `{action: AUDIT, ${rule}}`),
  policy('custom', `{action: CUSTOM, provider: {name: authz}, ${rule}}`),
].join('\n---\n');
const mesh = {
  extensionProviders: [{ name: 'authz', envoyExtAuthzGrpc: { service: 'catalog.shop.svc.cluster.local', port: 80 } }],
};

type Builder = 'http' | 'custom' | 'network';
/** `rbac DENY` for each filter: what it does, tried rules in brackets. */
function summary(builder: Builder, objects: string, direction: TrafficDirection = 'inbound'): string[] {
  const input = filterInput({ objects, mesh, direction });
  const filters = {
    http: () => authorization(input),
    custom: () => customAuthorization(input),
    network: () => networkAuthorization(input.context, [{ name: 'between' }]),
  }[builder]();
  return filters.map(({ name, typedConfig }) => {
    const { rules, shadowRules } = (typedConfig ?? {}) as { [field: string]: { action?: string } };
    const short = String(name).replace(/^envoy\.filters\./, '');
    const tried = shadowRules && ` [${shadowRules.action ?? 'ALLOW'}]`;
    return `${short}${rules ? ` ${rules.action ?? 'ALLOW'}` : ''}${tried ?? ''}`;
  });
}

/** istio pilot/pkg/security/authz/builder/builder.go; golden cases authorization-policy/*. */
it.each<[string, Builder, string, string[]]>([
  ['no policy', 'http', '', []],
  ['audit, deny, allow', 'http', all, ['http.rbac LOG', 'http.rbac DENY', 'http.rbac ALLOW']],
  ['who decides outside', 'custom', all, ['http.rbac [DENY]', 'http.ext_authz']],
  [
    'connections: what stands between',
    'network',
    all,
    [
      'network.rbac [DENY]',
      'network.ext_authz',
      'between',
      'network.rbac LOG',
      'network.rbac DENY',
      'network.rbac ALLOW',
    ],
  ],
  [
    'a policy that is tried only',
    'http',
    all.replace('name: deny,', 'name: deny, annotations: {istio.io/dry-run: "true"},'),
    ['http.rbac LOG', 'http.rbac [DENY]', 'http.rbac ALLOW'],
  ],
  [
    'a provider that is not there denies',
    'custom',
    policy('c', `{action: CUSTOM, provider: {name: gone}, ${rule}}`),
    ['http.rbac DENY'],
  ],
])('%s', (_name, builder, objects, want) => {
  expect(summary(builder, objects)).toEqual(want);
});

it.each<Builder>(['http', 'custom'])('clients have no %s policies', (builder) => {
  expect(summary(builder, all, 'outbound')).toEqual([]);
});
