import type { ResponseFlag } from '../../mesh/envoy/types.ts';
import type { Origin } from '../../mesh/istiod/xds/types.ts';
import type { Where } from '../../mesh/problem.ts';
import type { LogFacts } from './log.ts';

/** An object and its field that made something so, and where that is written, if it came from a file. */
export type Cause = Origin & Pick<Where, 'file' | 'line' | 'column'>;
export type Locate = (origin: Origin) => Cause;

/** What one step is about; the words of the first column. */
export type Topic =
  | 'listener'
  | 'filter chain'
  | 'TLS'
  | 'virtual host'
  | 'route'
  | 'filter'
  | 'mirror'
  | 'cluster'
  | 'endpoint'
  | 'attempt'
  | 'retry'
  | 'request'
  | 'answer';

export interface Step {
  topic: Topic;
  /** `rejected`: tried and passed by (a route). `failed`: the request ends here, or would have. */
  outcome: 'passed' | 'rejected' | 'failed';
  text: string;
  /** Virtual milliseconds since the request was sent. */
  at: number;
  causes: Cause[];
}

/** One proxy or app that the request met. */
export interface Hop {
  role: 'client proxy' | 'server proxy' | 'gateway' | 'app';
  /** `customers-v2-6d8f9-x7k2p.shop`, or an address. */
  place: string;
  /** Of a proxy, its node id. */
  node?: string;
  /** How it came here, when not the plain way: `mirrored copy`, `attempt 2`. */
  note?: string;
  steps: Step[];
  /** Of a proxy, the lines that its access log has of this request, if it has one. */
  log?: LogFacts[];
}

export interface Explanation {
  request: { from: string; method: string; url: string; headers?: { [name: string]: string } };
  outcome: {
    status?: number;
    error?: { code: string; message: string };
    /** Envoy's response flags and details, of the proxy that decided. */
    flags?: string;
    details?: string;
    latencyMs: number;
  };
  /** What decided, in sentences; the most important first. */
  summary: string[];
  hops: Hop[];
}

export type { ResponseFlag };
