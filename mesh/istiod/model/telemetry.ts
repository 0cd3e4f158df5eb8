import { attachment } from './authorization-policy.ts';
import { bool, duration, list, map, num, obj, type Shape, str } from './shape.ts';

const providers = list(obj({ name: str }));
const match = obj({ mode: str });

const customTag = obj({
  literal: obj({ value: str }),
  environment: obj({ name: str, defaultValue: str }),
  header: obj({ name: str, defaultValue: str }),
  formatter: obj({ value: str }),
});
export type CustomTag = Shape<typeof customTag>;

const tracing = obj({
  match,
  providers,
  randomSamplingPercentage: num,
  disableSpanReporting: bool,
  customTags: map(customTag),
  useRequestIdForTraceSampling: bool,
  enableIstioTags: bool,
  disableContextPropagation: bool,
});
export type TracingRule = Shape<typeof tracing>;

const metricsOverride = obj({
  match: obj({ metric: str, customMetric: str, mode: str }),
  disabled: bool,
  tagOverrides: map(obj({ operation: str, value: str })),
});
export type MetricsOverride = Shape<typeof metricsOverride>;
const metrics = obj({ providers, overrides: list(metricsOverride), reportingInterval: duration });
export type MetricsRule = Shape<typeof metrics>;

const accessLogging = obj({ match, providers, disabled: bool, filter: obj({ expression: str }) });
export type LoggingRule = Shape<typeof accessLogging>;

/** telemetry.istio.io/v1 Telemetry. */
export const telemetry = obj({
  ...attachment,
  tracing: list(tracing),
  metrics: list(metrics),
  accessLogging: list(accessLogging),
});
export type Telemetry = Shape<typeof telemetry>;

export const providerNames = (rule: { providers?: { name?: string }[] }): string[] =>
  (rule.providers ?? []).map((p) => p.name ?? '');

/** Whose traffic a rule is about. */
export type WorkloadMode = 'CLIENT' | 'SERVER';
export const isOfMode = (rule: { match?: { mode?: string } }, mode: WorkloadMode): boolean =>
  (rule.match?.mode ?? 'CLIENT_AND_SERVER') === 'CLIENT_AND_SERVER' || rule.match?.mode === mode;
