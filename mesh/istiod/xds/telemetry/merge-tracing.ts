import type { MeshConfig } from '../../mesh-config.ts';
import { type CustomTag, isOfMode, providerNames, type TracingRule, type WorkloadMode } from '../../model/telemetry.ts';

/** What Telemetry says about traces of one direction. */
export interface TracingSpec {
  /** Name of the extension provider; undefined: none, so nothing is traced. */
  provider: string | undefined;
  disabled: boolean;
  sampling: number | undefined;
  customTags: { [tag: string]: CustomTag } | undefined;
  useRequestId: boolean;
  istioTags: boolean;
  contextPropagation: boolean;
  /** The rule that decided last. */
  rule?: TracingRule;
}

/**
 * Later rules override fields of earlier ones; undefined where there is neither a rule nor a default provider, so that the proxy's own
 * configuration holds (Telemetries.Tracing in istio pilot/pkg/model/telemetry.go).
 */
export function mergeTracing(
  rules: readonly TracingRule[],
  { defaultProviders }: Pick<MeshConfig, 'defaultProviders'>,
  mode: WorkloadMode,
): TracingSpec | undefined {
  const [fallback] = defaultProviders?.tracing ?? [];
  if (rules.length === 0 && fallback === undefined) return undefined;
  const out: TracingSpec = {
    provider: fallback,
    disabled: false,
    sampling: undefined,
    customTags: undefined,
    useRequestId: true,
    istioTags: true,
    contextPropagation: true,
  };
  for (const rule of rules) {
    if (!isOfMode(rule, mode)) continue;
    out.rule = rule;
    out.provider = providerNames(rule)[0] ?? out.provider;
    out.disabled = rule.disableSpanReporting ?? out.disabled;
    out.customTags = rule.customTags ?? out.customTags;
    out.sampling = rule.randomSamplingPercentage ?? out.sampling;
    out.useRequestId = rule.useRequestIdForTraceSampling ?? out.useRequestId;
    out.istioTags = rule.enableIstioTags ?? out.istioTags;
    if (rule.disableContextPropagation !== undefined) out.contextPropagation = !rule.disableContextPropagation;
  }
  return out;
}
