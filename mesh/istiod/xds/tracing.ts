import type { JsonObject } from '../../json.ts';
import { compareText } from '../model/config.ts';
import type { CustomTag } from '../model/telemetry.ts';
import { flag, positive, text, typed } from './any.ts';
import { originOfSpec, type ProxyContext } from './context.ts';
import type { TrafficDirection } from './filter/filter.ts';
import { providerOrigin } from './mesh-origins.ts';
import { modeOf, providerNamed, telemetriesOf, unusable } from './telemetry/applicable.ts';
import { mergeTracing, type TracingSpec } from './telemetry/merge-tracing.ts';
import { type Tracer, tracerOf } from './telemetry/tracers.ts';

/** PILOT_TRACE_SAMPLING: percent of requests without a decision that are traced. */
const DEFAULT_SAMPLING = 1;

/** Fields of a connection manager that have to do with tracing (configureTracing in istio pilot/pkg/networking/core/tracing.go). */
export function tracingFields(context: ProxyContext, direction: TrafficDirection): JsonObject {
  const rules = telemetriesOf(context).flatMap(({ spec }) => spec.tracing ?? []);
  const spec = mergeTracing(rules, context.mesh, modeOf(direction));
  if (!spec) return { tracing: fromProxyConfig(context), requestIdExtension: requestId(true) };
  const tracing = fromTelemetry(context, spec);
  if (tracing) context.origins.mark(tracing, originOfSpec(context, spec.rule));
  return { tracing, requestIdExtension: requestId(tracing === undefined || spec.useRequestId) };
}

const requestId = (useForSampling: boolean): JsonObject => ({
  typedConfig: typed('envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig', {
    useRequestIdForTraceSampling: useForSampling,
  }),
});

/** There is no tracer here: the bootstrap has it. */
function fromProxyConfig(context: ProxyContext): JsonObject | undefined {
  if (!context.mesh.enableTracing) return undefined;
  const config = context.proxyConfig.tracing;
  return {
    ...sampling(proxySampling(context)),
    customTags: tags(context, { istioTags: config?.enableIstioTags !== false, own: config?.customTags }),
    maxPathTagLength: config?.maxPathTagLength || undefined,
  };
}

function fromTelemetry(context: ProxyContext, spec: TracingSpec): JsonObject | undefined {
  if (spec.provider === undefined || spec.disabled) return undefined;
  const provider = providerNamed(context.mesh, spec.provider);
  if (!provider) return unusable(context, spec.provider, 'there is none of that name');
  const tracer = tracerOf(context, provider);
  if (typeof tracer === 'string') return unusable(context, spec.provider, tracer);
  const own = Object.keys(spec.customTags ?? {}).length > 0 ? spec.customTags : undefined;
  const config = context.proxyConfig.tracing;
  const tracing: JsonObject = {
    ...sampling(samplingOf(context, spec, tracer)),
    customTags: tags(context, { istioTags: spec.istioTags, own: own ?? config?.customTags }),
    maxPathTagLength: positive(tracer.maxTagLength) ?? positive(config?.maxPathTagLength),
    noContextPropagation: flag(!spec.contextPropagation),
    provider: tracer.provider,
    spawnUpstreamSpan: flag(tracer.childSpans || context.proxy.type === 'router'),
  };
  context.origins.mark(tracing, providerOrigin(context.snapshot, provider.name), 'provider');
  return tracing;
}

/** A tracer that samples must see all. */
const samplingOf = (context: ProxyContext, spec: TracingSpec, tracer: Tracer): number =>
  tracer.samples ? 100 : (spec.sampling ?? proxySampling(context));

function proxySampling({ proxyConfig }: ProxyContext): number {
  const wanted = proxyConfig.tracing?.sampling || DEFAULT_SAMPLING;
  return wanted > 100 ? 1 : wanted;
}

const percent = (value: number): JsonObject => ({ value: value || undefined });
const sampling = (random: number): JsonObject => ({
  clientSampling: percent(100),
  overallSampling: percent(100),
  randomSampling: percent(random),
});

function tags(
  context: ProxyContext,
  { istioTags, own = {} }: { istioTags: boolean; own: { [tag: string]: CustomTag } | undefined },
): JsonObject[] | undefined {
  const all = [...(istioTags ? [...serviceTags(context), ...policyTags] : []), ...customTags(own)];
  return all.length > 0 ? all.sort((a, b) => compareText(String(a.tag), String(b.tag))) : undefined;
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

const customTags = (own: { [tag: string]: CustomTag }): JsonObject[] =>
  Object.entries(own).map(([tag, from]) => ({ tag, ...customTag(from) }));

function customTag({ literal, environment, header, formatter }: CustomTag): JsonObject {
  if (literal) return { literal: { value: text(literal.value) } };
  if (environment) return { environment: named(environment) };
  if (header) return { requestHeader: named(header) };
  return formatter ? { value: formatter.value ?? '' } : {};
}

const named = ({ name, defaultValue }: { name?: string; defaultValue?: string }): JsonObject => ({
  name: text(name),
  defaultValue: text(defaultValue),
});
