import type { Counted } from './live-canary.ts';

/** Set version 2's share, in per cent, then send so many requests. */
export interface CanaryQuestion {
  v2: number;
  requests: number;
}

export type CanaryAnswer = { share: number; counted: Counted } | { error: string };
