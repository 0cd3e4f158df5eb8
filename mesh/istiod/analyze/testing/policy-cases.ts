import { authorizationWorkloads } from '../analyzers/authorization-workloads.ts';
import { conditions } from '../analyzers/conditions.ts';
import { envoyFilterPatches } from '../analyzers/envoy-filter-patches.ts';
import { requestAuthenticationFetches } from '../analyzers/request-authentication-fetches.ts';
import { sidecarSelectors } from '../analyzers/sidecar-selectors.ts';
import { telemetryDefaults } from '../analyzers/telemetry-defaults.ts';
import { telemetryLightstep } from '../analyzers/telemetry-lightstep.ts';
import { telemetryProviders } from '../analyzers/telemetry-providers.ts';
import { telemetrySelectors } from '../analyzers/telemetry-selectors.ts';
import type { Case } from './case.ts';

const app = (ref: string, label: string) => `Pod ${ref} {labels: {app: ${label}, sidecar.istio.io/inject: "true"}}`;
const selected = (kind: string, ref: string, label: string) =>
  kind === 'Sidecar'
    ? `Sidecar ${ref} {spec: {workloadSelector: {labels: {app: ${label}}}}}`
    : `${kind} ${ref} {spec: {selector: {matchLabels: {app: ${label}}}}}`;
const patch = (operation: string, applyTo: string, more = '') =>
  `{applyTo: ${applyTo}, match: {${more}}, patch: {operation: ${operation}, value: {name: lua}}}`;
const filter = (ref: string, patches: string[], more = '') =>
  `EnvoyFilter ${ref} {spec: {${more}configPatches: [${patches.join(', ')}]}}`;
const condition = (type: string, status: string, reason = 'R') =>
  `{type: ${type}, status: "${status}", reason: ${reason}, message: m}`;

export const policyCases: Case[] = [
  {
    name: 'policies of nobody: by selector, by namespace, in the whole mesh',
    from: 'authorizationpolicies.yaml',
    analyzer: authorizationWorkloads,
    given: [
      app('a/p', 'web'),
      'Pod b/outside {labels: {app: web}}',
      'Pod c/ambient {labels: {app: amb}, annotations: {ambient.istio.io/redirection: enabled}}',
      selected('AuthorizationPolicy', 'a/ok', 'web'),
      selected('AuthorizationPolicy', 'a/none', 'db'),
      'AuthorizationPolicy b/all',
      selected('AuthorizationPolicy', 'c/amb', 'amb'),
      selected('AuthorizationPolicy', 'istio-system/anywhere', 'web'),
      selected('AuthorizationPolicy', 'istio-system/nowhere', 'db'),
      'AuthorizationPolicy istio-system/mesh',
    ],
    want: [
      'IST0127 AuthorizationPolicy a/none spec.selector.matchLabels: app=db',
      'IST0127 AuthorizationPolicy b/all spec.selector.matchLabels: ',
      'IST0127 AuthorizationPolicy istio-system/nowhere spec.selector.matchLabels: app=db',
    ],
  },
  {
    name: 'namespaces that are not there',
    from: 'authorizationpolicies.yaml',
    analyzer: authorizationWorkloads,
    given: [
      'Namespace shop',
      app('a/p', 'web'),
      'AuthorizationPolicy a/x {spec: {rules: [{from: [{source: {namespaces: [shop, sh*, "*op", bogus], notNamespaces: [gone*]}}]}]}}',
    ],
    want: [
      'IST0101 AuthorizationPolicy a/x spec.rules[0].from[0].source.namespaces[3]: namespace | bogus',
      'IST0101 AuthorizationPolicy a/x spec.rules[0].from[0].source.notNamespaces[0]: namespace | gone*',
    ],
  },
  {
    name: 'another root namespace',
    from: 'authz/authorizationpolicies.go',
    analyzer: authorizationWorkloads,
    mesh: { rootNamespace: 'root' },
    given: ['AuthorizationPolicy root/mesh', 'AuthorizationPolicy istio-system/own'],
    want: ['IST0127 AuthorizationPolicy istio-system/own spec.selector.matchLabels: '],
  },
  {
    name: 'an istiod that fetches from anywhere',
    from: 'blocked-cidrs-missing.yaml',
    analyzer: requestAuthenticationFetches,
    given: [
      ...[1, 2, 3, 4, 5, 6].map((n) => `RequestAuthentication a/r${n}`),
      'Deployment istio-system/istiod {labels: {app: istiod}}',
      'Deployment istio-system/safe {labels: {app: istiod}, spec: {template: {spec: {containers: [{env: [{name: BLOCKED_CIDRS_IN_JWKS_URIS, value: 10.0.0.0/8}]}]}}}}',
      'Deployment a/web',
    ],
    want: [
      'IST0175 Deployment istio-system/istiod spec.template.spec.containers: 6 | a/r1, a/r2, a/r3, a/r4, a/r5, and 1 more',
    ],
  },
  {
    name: 'no RequestAuthentication',
    from: 'blocked-cidrs-no-ra.yaml',
    analyzer: requestAuthenticationFetches,
    given: ['Deployment istio-system/istiod {labels: {app: istiod}}'],
    want: [],
  },
  {
    name: 'Sidecars of one pod, and of none',
    from: 'sidecar-selector.yaml',
    analyzer: sidecarSelectors,
    given: [
      app('a/p', 'web'),
      selected('Sidecar', 'a/one', 'web'),
      'Sidecar a/two {spec: {workloadSelector: {labels: {app: web}}}}',
      selected('Sidecar', 'b/lost', 'web'),
    ],
    want: [
      'IST0101 Sidecar b/lost spec.workloadSelector.labels: selector | app=web',
      'IST0110 Sidecar a/one spec.workloadSelector: one,two | a | p',
      'IST0110 Sidecar a/two spec.workloadSelector: one,two | a | p',
    ],
  },
  {
    name: 'two Sidecars of a namespace, and any in ambient mode',
    from: 'sidecar-default-selector.yaml',
    analyzer: sidecarSelectors,
    given: [
      'Sidecar a/one',
      'Sidecar a/two {spec: {workloadSelector: {labels: {}}}}',
      'Sidecar b/alone',
      'Namespace c {labels: {istio.io/dataplane-mode: ambient}}',
      'Pod c/p {labels: {app: web}, annotations: {ambient.istio.io/redirection: enabled}}',
      'Sidecar c/wide',
      selected('Sidecar', 'c/pod', 'web'),
    ],
    want: [
      'IST0167 Sidecar c/pod : selected workload is in ambient mode, the policy has no impact',
      'IST0111 Sidecar a/one : one,two | a',
      'IST0111 Sidecar a/two : one,two | a',
      'IST0167 Sidecar c/wide : namespace is in ambient mode, the policy has no impact',
    ],
  },
  {
    name: 'Telemetries of one pod, and of none',
    from: 'telemetry-selector.yaml',
    analyzer: telemetrySelectors,
    given: [
      app('a/p', 'web'),
      selected('Telemetry', 'a/one', 'web'),
      selected('Telemetry', 'a/two', 'web'),
      selected('Telemetry', 'a/lost', 'db'),
      'Telemetry a/wide',
    ],
    want: [
      'IST0101 Telemetry a/lost spec.selector.matchLabels: selector | app=db',
      'IST0159 Telemetry a/one spec.selector.matchLabels: one,two | a | p',
      'IST0159 Telemetry a/two spec.selector.matchLabels: one,two | a | p',
    ],
  },
  {
    name: 'two Telemetries of a namespace',
    from: 'telemetry-default-selector.yaml',
    analyzer: telemetryDefaults,
    given: ['Telemetry a/one', 'Telemetry a/two', 'Telemetry b/alone', selected('Telemetry', 'b/some', 'web')],
    want: ['IST0160 Telemetry a/one : one,two | a', 'IST0160 Telemetry a/two : one,two | a'],
  },
  {
    name: 'access logs that go nowhere',
    from: 'telemetry-empty-provider.yaml, telemetry-disable-provider.yaml',
    analyzer: telemetryProviders,
    given: ['Telemetry a/x {spec: {accessLogging: [{}, {disabled: true}, {providers: [{name: envoy}]}]}}'],
    want: ['IST0157 Telemetry a/x spec.accessLogging[0]: x | a'],
  },
  {
    name: 'access logs with a default',
    from: 'telemetry/providers.go',
    analyzer: telemetryProviders,
    mesh: { defaultProviders: { accessLogging: ['envoy'] } },
    given: ['Telemetry a/x {spec: {accessLogging: [{}]}}'],
    want: [],
  },
  {
    name: 'Lightstep',
    from: 'telemetry-lightstep.yaml',
    analyzer: telemetryLightstep,
    mesh: {
      extensionProviders: [
        { name: 'ls', lightstep: { service: 'a' } },
        { name: 'z', zipkin: { service: 'a' } },
      ],
    },
    given: ['Telemetry a/x {spec: {tracing: [{providers: [{name: ls}]}, {providers: [{name: z}]}]}}'],
    want: [
      'IST0002 Telemetry a/x spec.tracing[0].providers[0].name: The Lightstep provider ls is deprecated, please migrate to OpenTelemetry provider.',
    ],
  },
  {
    name: 'operations that are ignored',
    from: 'envoy-filter-add-operation.yaml, envoy-filter-remove-operation.yaml, envoy-filter-replace-operation.yaml',
    analyzer: envoyFilterPatches,
    given: [
      filter('a/x', [
        patch('ADD', 'HTTP_ROUTE'),
        patch('REMOVE', 'ROUTE_CONFIGURATION'),
        patch('REPLACE', 'CLUSTER'),
        patch('ADD', 'CLUSTER'),
      ]),
    ],
    want: [
      'IST0153 EnvoyFilter a/x spec.configPatches[0].patch.operation: ',
      'IST0154 EnvoyFilter a/x spec.configPatches[1].patch.operation: ',
      'IST0152 EnvoyFilter a/x spec.configPatches[2].patch.operation: ',
    ],
  },
  {
    name: 'operations that depend on order, with and without priority and version',
    from: 'relative-envoy-filter-operation.yaml, envoy-filter-filterchain.yaml',
    analyzer: envoyFilterPatches,
    given: [
      filter('a/first', [patch('INSERT_FIRST', 'HTTP_FILTER', 'proxy: {proxyVersion: "1.*"}')]),
      filter('a/second', [patch('INSERT_BEFORE', 'HTTP_FILTER'), '{patch: {operation: REMOVE}}']),
      filter('a/third', [patch('REPLACE', 'VIRTUAL_HOST')], 'priority: 5, '),
      filter('a/broken', ['{applyTo: CLUSTER}', patch('ADD', 'HTTP_ROUTE')]),
    ],
    want: [
      'IST0155 EnvoyFilter a/second spec.configPatches[0].patch.operation: ',
      'IST0151 EnvoyFilter a/second spec.configPatches[1].patch.operation: ',
    ],
  },
  {
    name: 'conditions that say no',
    from: 'conditions.yaml',
    analyzer: conditions,
    given: [
      `Service a/s {status: {conditions: [${condition('istio.io/WaypointBound', 'False')}, ${condition('Other', 'False')}]}}`,
      `ServiceEntry a/se {status: {conditions: [${condition('istio.io/WaypointBound', 'True')}]}}`,
      'WorkloadEntry a/we',
      `AuthorizationPolicy a/ap {status: {conditions: [${condition('WaypointAccepted', 'True', 'PartiallyInvalid')}]}}`,
      `KubernetesGateway a/g {status: {conditions: [${condition('Programmed', 'False')}]}}`,
      `HTTPRoute a/h {status: {parents: [{conditions: [${condition('ResolvedRefs', 'False')}]}]}}`,
      `GRPCRoute a/r {status: {parents: [{conditions: [${condition('Accepted', 'Unknown')}]}]}}`,
    ],
    want: [
      'IST0171 Service a/s status.conditions[0]: istio.io/WaypointBound | R | m',
      'IST0171 AuthorizationPolicy a/ap status.conditions[0]: WaypointAccepted | PartiallyInvalid | m',
      'IST0171 Gateway a/g status.conditions[0]: Programmed | R | m',
      'IST0171 HTTPRoute a/h status.parents[0].conditions[0]: ResolvedRefs | R | m',
    ],
  },
];
