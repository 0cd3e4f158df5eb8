import type { Schema } from '../../mesh/kube/schema/schema.ts';

/**
 * What Istio 1.32 and Gateway API 1.6 (experimental channel) have beyond the installed @kubernetes-models packages.
 * Source of the facts: istio manifests/charts/base/files/crd-all.gen.yaml; gateway-api 1.6 CRDs.
 */
export interface Addition {
  /** `Kind.group`, or `*.group` for all kinds of it. */
  kind: string;
  /**
   * Every node whose path ends so: `connectionPool.http` is found below trafficPolicy, subsets[].trafficPolicy …
   * With a dot in front it is the whole path.
   */
  at: string;
  /** Merged over the node; `fields` are merged by name. */
  merge?: Partial<Schema>;
  /** The node accepts any field (x-kubernetes-preserve-unknown-fields). */
  preserve?: true;
  /** Fields that are gone. */
  drop?: string[];
}

const string: Schema = { type: 'string' };
const boolean: Schema = { type: 'boolean' };
const list = (items: Schema): Schema => ({ type: 'array', items });
const object = (fields: { [name: string]: Schema }): Schema => ({ type: 'object', fields });

const networking = '*.networking.istio.io';
const destinationRule = 'DestinationRule.networking.istio.io';
const gatewayApi = '*.gateway.networking.k8s.io';
const filterTypes = [
  'CORS',
  'ExtensionRef',
  'ExternalAuth',
  'RequestHeaderModifier',
  'RequestMirror',
  'RequestRedirect',
  'ResponseHeaderModifier',
  'URLRewrite',
];
const headerValue = { pattern: '^[!-~]+([\\t ]?[!-~]+)*$' };
const zoneAware = object({
  enabled: boolean,
  failover: list(object({ from: string, to: string })),
  failoverPriority: list(string),
  minClusterSize: { type: 'integer', minimum: 1, maximum: 4294967295 },
});
const backendUtilization = object({
  errorUtilizationPenaltyPercent: { type: 'integer', minimum: 0, maximum: 4294967295 },
  metricNamesForComputingUtilization: list(string),
  weightExpirationPeriod: string,
  weightStabilizationPeriod: string,
  weightUpdatePeriod: string,
});
const errorCodes = list({ type: 'integer', minimum: 100, maximum: 599 });
const field = (name: string, schema: Schema): Partial<Schema> => ({ fields: { [name]: schema } });

export const additions: Addition[] = [
  {
    kind: networking,
    at: 'onnectionPool.http',
    merge: field('http2KeepAlive', object({ interval: string, timeout: string })),
  },
  { kind: destinationRule, at: 'loadBalancer', merge: field('zoneAwareLbSetting', zoneAware) },
  { kind: destinationRule, at: 'loadBalancer', merge: field('backendUtilization', backendUtilization) },
  { kind: destinationRule, at: 'outlierDetection', merge: field('outlierDetectionHttpErrorCodes', errorCodes) },
  { kind: destinationRule, at: 'retryBudget', merge: field('budgetInterval', string) },
  { kind: 'VirtualService.networking.istio.io', at: 'redirect', merge: field('prefixRewrite', string) },
  ...[
    { kind: 'Gateway.networking.istio.io', at: 'servers[].tls' },
    { kind: 'Sidecar.networking.istio.io', at: 'ingress[].tls' },
  ].map((tls): Addition => ({ ...tls, merge: { fields: { insecureSkipVerify: boolean, ecdhCurves: list(string) } } })),
  { kind: 'EnvoyFilter.networking.istio.io', at: 'listener.filterChain', merge: field('transportSocket', string) },
  {
    kind: 'RequestAuthentication.security.istio.io',
    at: 'jwtRules[]',
    merge: field('presence', { type: 'string', enum: ['OPTIONAL', 'REQUIRED'] }),
  },
  {
    kind: 'EnvoyFilter.networking.istio.io',
    at: 'patch.operation',
    merge: {
      enum: [
        'ADD',
        'INSERT_AFTER',
        'INSERT_BEFORE',
        'INSERT_FIRST',
        'INVALID',
        'MERGE',
        'MERGE_AND_REPLACE_LIST',
        'REMOVE',
        'REPLACE',
      ],
    },
  },
  {
    kind: 'AuthorizationPolicy.security.istio.io',
    at: 'source',
    merge: { fields: { trustDomains: list(string), notTrustDomains: list(string) } },
  },
  { kind: 'Telemetry.telemetry.istio.io', at: 'tracing[]', merge: field('disableContextPropagation', boolean) },
  // Istio's CRDs preserve unknown fields of status, so nothing in it is refused.
  ...['networking', 'security', 'telemetry', 'extensions'].map(
    (group): Addition => ({ kind: `*.${group}.istio.io`, at: '.status', preserve: true }),
  ),
  ...['networking', 'security', 'telemetry', 'extensions'].map(
    (group): Addition => ({ kind: `*.${group}.istio.io`, at: 'elector.matchLabels', merge: { maxProperties: 4096 } }),
  ),
  {
    kind: 'GatewayClass.gateway.networking.k8s.io',
    at: '.spec',
    merge: field('description', { type: 'string', maxLength: 64 }),
  },
  { kind: gatewayApi, at: 'sessionPersistence', drop: ['idleTimeout'] },
  { kind: gatewayApi, at: 'infrastructure.annotations', merge: { maxProperties: 16 } },
  { kind: 'Gateway.gateway.networking.k8s.io', at: 'validation.caCertificateRefs', merge: { maxItems: 16 } },
  { kind: 'HTTPRoute.gateway.networking.k8s.io', at: 'filters[].type', merge: { enum: filterTypes } },
  ...['Modifier.add[].value', 'Modifier.set[].value'].map(
    (at): Addition => ({ kind: gatewayApi, at, merge: headerValue }),
  ),
  { kind: 'HTTPRoute.gateway.networking.k8s.io', at: 'matches[].headers[].value', merge: headerValue },
  { kind: 'HTTPRoute.gateway.networking.k8s.io', at: 'retry.attempts', merge: { minimum: 1 } },
  { kind: 'TCPRoute.gateway.networking.k8s.io', at: 'spec.rules', merge: { maxItems: 1 } },
  { kind: 'UDPRoute.gateway.networking.k8s.io', at: 'spec.rules', merge: { maxItems: 1 } },
  { kind: 'TLSRoute.gateway.networking.k8s.io', at: 'spec.hostnames', merge: { maxItems: 1024 } },
];

/** Lists that are maps by these fields, or sets. */
const byName = { unique: ['name'] };
const asSet = { unique: [] };
additions.push(
  ...['Modifier.add', 'Modifier.set', 'matches[].headers', 'matches[].queryParams', 'spec.listeners'].map(
    (at): Addition => ({ kind: gatewayApi, at, merge: byName }),
  ),
  ...[
    ...['Modifier.remove', 'retry.codes', 'allowedHeaders', 'allowedResponseHeaders'],
    ...['cors.allowHeaders', 'cors.allowMethods', 'cors.allowOrigins', 'cors.exposeHeaders'],
  ].map((at): Addition => ({ kind: gatewayApi, at, merge: asSet })),
  { kind: gatewayApi, at: 'frontend.perPort', merge: { unique: ['port'] } },
  { kind: 'WasmPlugin.extensions.istio.io', at: 'vmConfig.env', merge: byName },
  { kind: 'WasmPlugin.extensions.istio.io', at: 'match[].ports', merge: { unique: ['number'] } },
  { kind: 'ServiceEntry.networking.istio.io', at: '.spec.ports', merge: byName },
);

/** The schema with every addition for its kind; `path` is for the recursion. */
export function complete(kind: string, schema: Schema, path = ''): Schema {
  const fits = additions.filter(
    (a) =>
      (a.at.startsWith('.') ? path === a.at : path.endsWith(a.at)) &&
      (a.kind === kind || a.kind === `*${kind.slice(kind.indexOf('.'))}`),
  );
  const merged = fits.reduce(amend, schema);
  const { fields, values, items, ...plain } = merged;
  const child = (s: Schema, step: string) => complete(kind, s, path + step);
  return {
    ...plain,
    ...(fields && {
      fields: Object.fromEntries(
        Object.keys(fields)
          .sort()
          .map((k) => [k, child(fields[k] as Schema, `.${k}`)]),
      ),
    }),
    ...(values && { values: child(values, '{}') }),
    ...(items && { items: child(items, '[]') }),
  };
}

function amend(schema: Schema, { merge, preserve, drop = [] }: Addition): Schema {
  if (preserve) return { type: 'object' };
  const merged = { ...schema, ...merge };
  if (!merged.fields) return merged;
  const fields = Object.entries({ ...schema.fields, ...merge?.fields }).filter(([name]) => !drop.includes(name));
  return { ...merged, fields: Object.fromEntries(fields) };
}
