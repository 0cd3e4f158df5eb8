import type { Problem } from '../../problem.ts';
import type { AppSpec } from './types.ts';

/** What the child needs before anything else; its first argument, as JSON. */
export interface ChildOptions {
  dns: { address: string; port: number };
}

/** Parent to child. */
export type Call =
  | { call: 'start'; spec: AppSpec }
  | { call: 'stop'; app: string; graceMs: number }
  /** Lines from number `from` on (from the end when negative); with `wait`, held until there is one or the container has ended. */
  | { call: 'logs'; app: string; from: number; wait: boolean }
  | { call: 'loopDelay' };

export type Request = Call & { id: number };

/** Child to parent. `ready` is the first message. */
export type Reply = { ready: true } | { id: number; result: unknown } | { id: number; problem: Problem };

export interface LogPage {
  lines: string[];
  /** Number of the line after the last one. */
  next: number;
  ended: boolean;
}
