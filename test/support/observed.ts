import type { ObservationEvidence } from '../../runner/check/kind.ts';
import type { Observation } from '../../runner/observe/observation.ts';

/** An observation for tests: a quick 200 of nobody, changed by `part`. */
export const observed = (part: Partial<Observation> = {}, index = 0): Observation => ({
  index,
  status: 200,
  headers: {},
  body: '',
  latencyMs: 1,
  request: { method: 'GET', url: 'http://customers/' },
  ...part,
});

/** Observations in send order. */
export const stream = (parts: readonly Partial<Observation>[]): Observation[] =>
  parts.map((part, i) => observed(part, i));

export const evidenceOf = (
  observations: readonly Observation[],
  part: Partial<ObservationEvidence> = {},
): ObservationEvidence => ({ needs: 'observations', observations, sample: 'fixed', delays: [], ...part });
