import type { JsonObject } from '../../json.ts';
import { compareText } from '../model/config.ts';
import { text } from './any.ts';
import type { ProxyContext } from './context.ts';

/** PILOT_TRACE_SAMPLING: percent of requests without a decision that are traced. */
const DEFAULT_SAMPLING = 1;

/**
 * Sampling and tags of a connection manager; there is no tracer here, the bootstrap has it. Undefined when tracing is off
 * (configureTracingFromTelemetry in istio pilot/pkg/networking/core/tracing.go).
 */
export function tracing(context: ProxyContext): JsonObject | undefined {
  if (!context.mesh.enableTracing) return undefined;
  const config = context.proxyConfig.tracing;
  const wanted = config?.sampling || DEFAULT_SAMPLING;
  const own = config?.enableIstioTags === false ? [] : [...serviceTags(context), ...policyTags];
  return {
    clientSampling: { value: 100 },
    customTags: [...own, ...customTags(context)].sort((a, b) => compareText(String(a.tag), String(b.tag))),
    maxPathTagLength: config?.maxPathTagLength || undefined,
    overallSampling: { value: 100 },
    randomSampling: { value: wanted > 100 ? 1 : wanted },
  };
}

function serviceTags({ proxy, mesh }: ProxyContext): JsonObject[] {
  const values = {
    'istio.canonical_revision': proxy.labels['service.istio.io/canonical-revision'] || 'latest',
    'istio.canonical_service': proxy.labels['service.istio.io/canonical-name'] || 'unknown',
    'istio.cluster_id': String(proxy.metadata.CLUSTER_ID || 'unknown'),
    'istio.mesh_id': String(proxy.metadata.MESH_ID || mesh.trustDomain || 'unknown'),
    'istio.namespace': proxy.namespace || 'default',
  };
  return Object.entries(values).map(([tag, value]) => ({ literal: { value }, tag }));
}

/** What AuthorizationPolicies in dry run would have decided; the RBAC filter leaves it in the request's metadata. */
const policyTags: JsonObject[] = ['allow', 'deny'].flatMap((action) =>
  [
    ['name', 'effective_policy_id'],
    ['result', 'engine_result'],
  ].map(([tag, key]) => ({
    metadata: {
      kind: { request: {} },
      metadataKey: { key: 'envoy.filters.http.rbac', path: [{ key: `istio_dry_run_${action}_shadow_${key}` }] },
    },
    tag: `istio.authorization.dry_run.${action}_policy.${tag}`,
  })),
);

function customTags({ proxyConfig }: ProxyContext): JsonObject[] {
  const out: JsonObject[] = [];
  for (const [tag, from] of Object.entries(proxyConfig.tracing?.customTags ?? {})) {
    const named = from.environment ?? from.header;
    const value = { name: text(named?.name), defaultValue: text(named?.defaultValue) };
    if (from.literal) out.push({ tag, literal: { value: text(from.literal.value) } });
    else if (named) out.push(from.environment ? { tag, environment: value } : { tag, requestHeader: value });
  }
  return out;
}
