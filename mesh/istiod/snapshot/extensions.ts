import type { ExtensionConfig } from '../ingest/traffic-extension.ts';
import { byCreation } from '../model/config.ts';
import type { Labels } from '../model/labels.ts';
import { attaches } from './policies.ts';

export interface ExtensionIndex {
  /** Those of a workload in the order in which they stand within their phase. */
  ofWorkload(namespace: string, labels: Labels): readonly ExtensionConfig[];
}

/** TrafficExtensionsByListenerInfo in istio pilot/pkg/model/push_context.go: of the workload's namespace, then of the root; by priority. */
export function indexExtensions(configs: readonly ExtensionConfig[], rootNamespace: string): ExtensionIndex {
  const sorted = [...configs].sort(byCreation);
  const priority = ({ spec }: ExtensionConfig) => spec.priority ?? Number.NEGATIVE_INFINITY;
  return {
    ofWorkload: (namespace, labels) =>
      [...new Set([namespace, rootNamespace])]
        .flatMap((ns) => sorted.filter((c) => c.namespace === ns && attaches(c, { namespace, labels })))
        .sort((a, b) => (priority(b) > priority(a) ? 1 : priority(b) < priority(a) ? -1 : 0)),
  };
}
