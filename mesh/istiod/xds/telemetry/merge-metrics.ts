import { compareText } from '../../model/config.ts';
import { type MetricsOverride, type MetricsRule, providerNames, type WorkloadMode } from '../../model/telemetry.ts';

/** What is changed about one metric. */
export interface MetricChange {
  /** As Telemetry calls it: REQUEST_COUNT, or a metric of the user's own. */
  metric: string;
  disabled: boolean;
  /** Tag → CEL expression; undefined: the tag is removed. */
  tags: Map<string, string | undefined>;
}

/** Metrics of one provider for one direction. */
export interface MetricsSpec {
  /** All metrics are off: no filter is needed. */
  disabled: boolean;
  /** Sorted by name. */
  changes: readonly MetricChange[];
  /** Nanoseconds. */
  reportingInterval: number | undefined;
  rule?: MetricsRule;
}

/** The metrics that "all" stands for (MetricSelector.IstioMetric). */
export const allMetrics = [
  'GRPC_REQUEST_MESSAGES',
  'GRPC_RESPONSE_MESSAGES',
  'REQUEST_COUNT',
  'REQUEST_DURATION',
  'REQUEST_SIZE',
  'RESPONSE_SIZE',
  'TCP_CLOSED_CONNECTIONS',
  'TCP_OPENED_CONNECTIONS',
  'TCP_RECEIVED_BYTES',
  'TCP_SENT_BYTES',
] as const;

interface Draft {
  disabled: boolean;
  changes: Map<string, MetricChange>;
  reportingInterval: number | undefined;
  rule?: MetricsRule;
}

/**
 * Metrics by provider: rules in order, later ones over earlier ones. The last rule that names providers says which there are; a rule
 * that names none is about those of the rule before it (mergeMetrics in istio pilot/pkg/model/telemetry.go).
 */
export function mergeMetrics(
  rules: readonly MetricsRule[],
  defaults: readonly string[],
  mode: WorkloadMode,
): Map<string, MetricsSpec> {
  const drafts = new Map<string, Draft>();
  if (rules.length === 0) for (const name of defaults) drafts.set(name, newDraft());
  const named = rules.map(providerNames).filter((names) => names.length > 0);
  const inScope = new Set(named.at(-1) ?? defaults);
  let parents = defaults;
  for (const rule of rules) {
    const own = providerNames(rule);
    parents = own.length > 0 ? own : parents;
    for (const name of parents) {
      if (!inScope.has(name)) continue;
      const draft = drafts.get(name) ?? newDraft();
      drafts.set(name, draft);
      apply(draft, rule, mode);
    }
  }
  return new Map([...drafts].map(([name, draft]) => [name, finished(draft)]));
}

const newDraft = (): Draft => ({ disabled: false, changes: new Map(), reportingInterval: undefined });

function apply(draft: Draft, rule: MetricsRule, mode: WorkloadMode): void {
  draft.rule = rule;
  draft.reportingInterval = rule.reportingInterval ?? draft.reportingInterval;
  for (const override of rule.overrides ?? []) {
    const wanted = override.match?.mode;
    if ((wanted === 'CLIENT' || wanted === 'SERVER') && wanted !== mode) continue;
    // Everything off needs no filter; what comes later may turn it on again.
    if (isAll(override) && override.disabled) {
      draft.disabled = true;
      continue;
    }
    draft.disabled = false;
    for (const metric of metricsOf(override)) change(draft, metric, override);
  }
}

const isAll = ({ match }: MetricsOverride): boolean =>
  match?.customMetric === undefined && (match?.metric ?? 'ALL_METRICS') === 'ALL_METRICS';

function metricsOf(override: MetricsOverride): readonly string[] {
  if (isAll(override)) return allMetrics;
  return [override.match?.customMetric ?? override.match?.metric ?? ''];
}

function change(draft: Draft, metric: string, { disabled, tagOverrides }: MetricsOverride): void {
  const known = draft.changes.get(metric) ?? { metric, disabled: false, tags: new Map() };
  draft.changes.set(metric, known);
  known.disabled = disabled ?? known.disabled;
  for (const [tag, { operation, value }] of Object.entries(tagOverrides ?? {}))
    known.tags.set(tag, operation === 'REMOVE' ? undefined : (value ?? ''));
}

const finished = ({ disabled, changes, reportingInterval, rule }: Draft): MetricsSpec => ({
  disabled,
  changes: [...changes.values()].sort((a, b) => compareText(a.metric, b.metric)),
  reportingInterval,
  rule,
});
