import type { JsonObject } from '../../../json.ts';
import { compareText } from '../../model/config.ts';
import { durationText } from '../../model/duration.ts';
import { flag, some, typed } from '../any.ts';
import { originOfSpec, type ProxyContext } from '../context.ts';
import { modeOf, providerNamed, telemetriesOf } from '../telemetry/applicable.ts';
import { type MetricChange, type MetricsSpec, mergeMetrics } from '../telemetry/merge-metrics.ts';
import type { HttpFilterBuilder, TrafficDirection } from './filter.ts';

/** Istio's metrics, one filter for each provider of Prometheus metrics (generateStatsConfig in istio pilot/pkg/model/telemetry.go). */
export function statsFilters(context: ProxyContext, direction: TrafficDirection): JsonObject[] {
  const key = `stats ${direction}`;
  const known = context.shared.get(key) ?? build(context, direction);
  context.shared.set(key, known);
  return known;
}

function build(context: ProxyContext, direction: TrafficDirection): JsonObject[] {
  const rules = telemetriesOf(context).flatMap(({ spec }) => spec.metrics ?? []);
  const merged = mergeMetrics(rules, context.mesh.defaultProviders?.metrics ?? [], modeOf(direction));
  return [...merged]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([name, spec]) => {
      if (spec.disabled || !providerNamed(context.mesh, name)?.prometheus) return [];
      const typedConfig = typed('stats.PluginConfig', {
        // A server must not believe the Host header when it names the destination.
        disableHostHeaderFallback: flag(direction !== 'outbound'),
        metrics: some(spec.changes.map(metricConfig)),
        tcpReportingDuration: durationText(spec.reportingInterval),
      });
      noteOrigin(context, typedConfig, spec);
      return [{ name: 'istio.stats', typedConfig }];
    });
}

function noteOrigin(
  context: ProxyContext,
  config: JsonObject,
  { rule, changes, reportingInterval }: MetricsSpec,
): void {
  const origin = originOfSpec(context, rule);
  if (changes.length > 0) context.origins.mark(config, origin, 'metrics');
  if (reportingInterval !== undefined) context.origins.mark(config, origin, 'tcpReportingDuration');
}

const prometheusNames: { [metric: string]: string } = {
  REQUEST_COUNT: 'requests_total',
  REQUEST_DURATION: 'request_duration_milliseconds',
  REQUEST_SIZE: 'request_bytes',
  RESPONSE_SIZE: 'response_bytes',
  TCP_OPENED_CONNECTIONS: 'tcp_connections_opened_total',
  TCP_CLOSED_CONNECTIONS: 'tcp_connections_closed_total',
  TCP_SENT_BYTES: 'tcp_sent_bytes_total',
  TCP_RECEIVED_BYTES: 'tcp_received_bytes_total',
  GRPC_REQUEST_MESSAGES: 'request_messages_total',
  GRPC_RESPONSE_MESSAGES: 'response_messages_total',
};

function metricConfig({ metric, disabled, tags }: MetricChange): JsonObject {
  const kept = [...tags].filter(([, value]) => value !== undefined);
  const removed = [...tags].filter(([, value]) => value === undefined).map(([tag]) => tag);
  return {
    dimensions: kept.length > 0 ? Object.fromEntries(kept) : undefined,
    drop: flag(disabled),
    name: prometheusNames[metric] ?? metric,
    tagsToRemove: some(removed.sort()),
  };
}

export const httpStats: HttpFilterBuilder = ({ context, direction }) => statsFilters(context, direction);
