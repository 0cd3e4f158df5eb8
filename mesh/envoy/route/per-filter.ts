import type { JsonObject } from '../../json.ts';
import { isObject } from '../../json.ts';
import { flag, object, text } from '../match/proto.ts';
import type { PerFilter } from '../types.ts';

const wrapper = 'envoy.config.route.v3.FilterConfig';

/** typedPerFilterConfig of one level. */
function ofLevel(message: JsonObject): Map<string, PerFilter> {
  const configs = object(message, 'typedPerFilterConfig') ?? {};
  return new Map(
    Object.entries(configs).flatMap(([name, config]) => (isObject(config) ? [[name, unwrap(config)] as const] : [])),
  );
}

/** A FilterConfig may disable the filter for the route (docs: FilterConfig.disabled). */
function unwrap(config: JsonObject): PerFilter {
  if (!text(config, '@type').endsWith(wrapper)) return { disabled: false, config };
  if (flag(config, 'disabled')) return { disabled: true };
  return { disabled: false, config: object(config, 'config') ?? {} };
}

/**
 * Finds a filter's most specific setting: weighted cluster, route, virtual host, route configuration
 * (docs: http_routing#route-specific-configuration… "most specific").
 */
export function compilePerFilter(
  levels: { config: JsonObject; virtualHost: JsonObject; route: JsonObject },
  weightedClusters: readonly JsonObject[],
): (filterName: string, weightedCluster: number) => PerFilter | undefined {
  const base = new Map([...ofLevel(levels.config), ...ofLevel(levels.virtualHost), ...ofLevel(levels.route)]);
  const weighted = weightedClusters.map(ofLevel);
  return (name, index) => (index >= 0 ? weighted[index]?.get(name) : undefined) ?? base.get(name);
}
