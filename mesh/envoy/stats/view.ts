import type { JsonObject } from '../../json.ts';
import { isObject } from '../../json.ts';
import type { Problem } from '../../problem.ts';
import { notInterpreted } from '../match/unsupported.ts';
import { flag, objects, text, texts } from '../runtime/proto.ts';
import type { Labels } from './labels.ts';

/** What a Telemetry resource leaves of one metric: its labels, or nothing. */
export type MetricView = (metric: string, labels: Labels) => Labels | undefined;

/** Every label of every metric, as without a Telemetry resource. */
export const wholeView: MetricView = (_, labels) => labels;

/**
 * The overrides of istio.stats (message stats.PluginConfig; istio/proxy source/extensions/filters/http/istio_stats/config.proto):
 * dropped metrics and removed labels. Labels made by CEL expressions are reported.
 */
export function compileView(config: JsonObject, to: { pointer: string; report(problem: Problem): void }): MetricView {
  const changes = objects(config, 'metrics').map((metric, i) => {
    if (isObject(metric.dimensions))
      to.report(notInterpreted(`dimensions of ${text(metric, 'name') || 'all metrics'}`, `${to.pointer}/metrics/${i}`));
    return {
      name: text(metric, 'name'),
      drop: flag(metric, 'drop'),
      removed: new Set(texts(metric, 'tagsToRemove')),
    };
  });
  if (changes.length === 0) return wholeView;
  return (metric, labels) => {
    const own = changes.filter((c) => c.name === '' || `istio_${c.name}` === metric);
    if (own.some((c) => c.drop)) return undefined;
    return Object.fromEntries(Object.entries(labels).filter(([name]) => !own.some((c) => c.removed.has(name))));
  };
}
