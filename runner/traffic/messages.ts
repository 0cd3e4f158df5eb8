import type { Problem } from '../../mesh/problem.ts';
import type { TrafficPlan } from '../place/place.ts';
import type { Delay, DialSpec, RawObservation } from './types.ts';

// One JSON value per line, in both directions: the client may run at the other end of `kubectl exec -i`.

/** To the client. Answers carry the same id. */
export type ToClient =
  | { id: number; send: { plan: TrafficPlan; dial: DialSpec } }
  /** So many more observations have been consumed; the client sends no further ahead than its window. */
  | { id: number; ack: number }
  | { id: number; cancel: true }
  | { id: number; loopDelay: true };

/** An observation without what the other side knows: its index follows from its place, its request from the plan. */
export type WireObservation = Omit<RawObservation, 'index' | 'request'>;

export type FromClient =
  | { ready: true }
  /** The next observations in send order. */
  | { id: number; observations: WireObservation[] }
  /** The plan is over; so many were sent in all. */
  | { id: number; end: { sent: number } }
  | { id: number; problem: Problem }
  | { id: number; delay: Delay };
