import type { JsonObject } from '../../../json.ts';
import { flag, typed } from '../any.ts';
import type { ProxyContext } from '../context.ts';
import type { HttpFilterBuilder, TrafficDirection } from './filter.ts';

/** Istio's metrics, one filter for each provider of Prometheus metrics (generateStatsConfig in istio pilot/pkg/model/telemetry.go). */
export function statsFilters({ mesh }: ProxyContext, direction: TrafficDirection): JsonObject[] {
  const providers = mesh.extensionProviders ?? [];
  const chosen = [...new Set(mesh.defaultProviders?.metrics ?? [])].sort();
  return chosen
    .filter((name) => providers.some((p) => String(p.name).toLowerCase() === name.toLowerCase() && p.prometheus))
    .map(() => ({
      name: 'istio.stats',
      // A server must not believe the Host header when it names the destination.
      typedConfig: typed('stats.PluginConfig', { disableHostHeaderFallback: flag(direction !== 'outbound') }),
    }));
}

export const httpStats: HttpFilterBuilder = ({ context, direction }) => statsFilters(context, direction);
