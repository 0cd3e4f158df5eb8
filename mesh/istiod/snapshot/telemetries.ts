import { byCreation, type Config } from '../model/config.ts';
import type { Labels } from '../model/labels.ts';
import type { Telemetry } from '../model/telemetry.ts';
import { attaches } from './policies.ts';

export interface TelemetryIndex {
  /** What holds for a workload, widest first: of the mesh, of its namespace, and those that select it; later ones override. */
  ofWorkload(namespace: string, labels: Labels): readonly Config<Telemetry>[];
}

/** applicableTelemetries in istio pilot/pkg/model/telemetry.go: of several for a whole namespace only the oldest counts. */
export function indexTelemetries(configs: readonly Config<Telemetry>[], rootNamespace: string): TelemetryIndex {
  const sorted = [...configs].sort(byCreation);
  return {
    ofWorkload(namespace, labels) {
      const own = sorted.filter((c) => c.namespace === namespace);
      const wide = [rootNamespace, namespace].map((ns) => sorted.find((c) => c.namespace === ns && isWide(c)));
      const selecting = own.filter((c) => !isWide(c) && attaches(c, { namespace, labels }));
      return [...new Set([...wide, ...selecting])].filter((c) => c !== undefined);
    },
  };
}

const isWide = ({ spec }: Config<Telemetry>): boolean =>
  Object.keys(spec.selector?.matchLabels ?? {}).length === 0 && !spec.targetRefs?.length && !spec.targetRef;
