import type { TraceEvent } from '../../../mesh/envoy/types.ts';
import type { Causes } from '../causes.ts';
import type { Step } from '../explanation.ts';
import type { TraceWorld } from '../world.ts';

/** What the words for an event can be made of. */
export interface Scene {
  world: TraceWorld;
  /** Of the proxy where it happened. */
  causes: Causes;
  /** Everything that happened at this hop, in order, so that an event can be told with what followed. */
  events: readonly TraceEvent[];
}

export type EventOf<Kind extends TraceEvent['kind']> = Extract<TraceEvent, { kind: Kind }>;
/** Steps of one kind of event; none when there is nothing worth telling. */
export type Tell<Kind extends TraceEvent['kind']> = (event: EventOf<Kind>, scene: Scene) => Omit<Step, 'at'>[];

export const step = (
  topic: Step['topic'],
  text: string,
  more: Partial<Pick<Step, 'outcome' | 'causes'>> = {},
): Omit<Step, 'at'> => ({ topic, outcome: 'passed', text, causes: [], ...more });
