import type { Address, RejectedRoute, ResponseFlag } from './facts.ts';

/** Receives what happened to one request, in order. Absent on the hot path; a replay of the request has one, and one that was asked about. */
export interface TraceSink {
  record(event: TraceEvent): void;
}

/** `at`: virtual milliseconds since the epoch; in a Trace, since the request was sent. `pointer`: JSON pointer into the node's XdsConfig. */
export type TraceEvent = { at: number; node: string } & TraceDetail;

export type TraceDetail =
  | { kind: 'accept'; listener: string; pointer: string; source: Address; destination: Address; direction: string }
  | { kind: 'filterChain'; name: string; pointer: string; reason: string; transport: string; protocols: string[] }
  | { kind: 'noFilterChain'; listener: string; pointer: string; reason: string }
  | { kind: 'tls'; side: 'client' | 'server'; ok: boolean; alpn: string; peer: string; local: string; reason: string }
  | { kind: 'filter'; filter: string; pointer: string; decision: string }
  | {
      kind: 'route';
      table: string;
      virtualHost: string;
      route: string;
      pointer: string;
      rejected: readonly RejectedRoute[];
    }
  | { kind: 'noRoute'; table: string; virtualHost: string; pointer: string; rejected: readonly RejectedRoute[] }
  | { kind: 'cluster'; cluster: string; pointer: string; reason: string }
  | { kind: 'endpoint'; cluster: string; host: Address; reason: string; attempt: number }
  | { kind: 'noEndpoint'; cluster: string; reason: string; flag: ResponseFlag }
  | { kind: 'retry'; attempt: number; because: string; backOffMs: number }
  | { kind: 'mirror'; cluster: string }
  | { kind: 'upstream'; host: Address; status?: number; failure?: string }
  | { kind: 'workload'; ip: string; port: number }
  | { kind: 'response'; status: number; flags: readonly ResponseFlag[]; details: string }
  /** What the access log says when all is over; `-` for nothing, 0 for no answer. */
  | { kind: 'log'; status: number; flags: string; details: string; cluster: string; route: string };
