import type { JsonObject } from '../../json.ts';
import type { Conditions } from '../ingest/gateway-api/conditions.ts';
import { compareText } from '../model/config.ts';

/** What istiod writes into the status of one object. */
export interface ObjectStatus {
  group: string;
  kind: string;
  namespace: string;
  name: string;
  status: JsonObject;
}

/** When the conditions are said to have come about, and which generation an object has; without the latter always 1. */
export interface StatusClock {
  time: string;
  generationOf?: (of: { kind: string; namespace: string; name: string }) => number;
}

/** Who writes: the time of a condition is that of its last change, and it says which generation of the object it is about. */
export interface StatusStamp {
  /** RFC 3339. */
  time: string;
  generation: number;
}

/** Conditions by type, those that were there before first; an error turns the status around (SetListenerConditions in istio gatewaycommon/conversion.go). */
export function writtenConditions(
  conditions: Conditions,
  { time, generation }: StatusStamp,
  before: readonly string[] = [],
): JsonObject[] {
  const place = (type: string) => (before.includes(type) ? before.indexOf(type) : before.length);
  return Object.entries(conditions)
    .sort(([a], [b]) => place(a) - place(b) || compareText(a, b))
    .map(([type, { reason, message, status = 'True', error }]) => ({
      type,
      status: error ? inverted(status) : status,
      reason: error?.reason ?? reason,
      message: error?.message ?? message,
      observedGeneration: generation,
      lastTransitionTime: time,
    }));
}

const inverted = (status: 'True' | 'False'): string => (status === 'True' ? 'False' : 'True');
