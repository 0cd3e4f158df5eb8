import type { Observation } from '../observe/observation.ts';

/**
 * Observations in the order in which they were sent, up to the first that is missing. Answers that came back in another
 * order change nothing, and dropping the slow or failed ones cannot colour a share: what follows a gap is not counted.
 */
export function sendOrder(observations: readonly Observation[]): { kept: readonly Observation[]; gap?: number } {
  const sorted = [...observations].sort((a, b) => a.index - b.index);
  const first = sorted[0]?.index ?? 0;
  const end = sorted.findIndex((observation, i) => observation.index !== first + i);
  return end === -1 ? { kept: sorted } : { kept: sorted.slice(0, end), gap: first + end };
}
