import type { Uplink } from '../../mesh/world/dial.ts';
import type { Observation } from '../observe/observation.ts';
import type { TrafficPlan } from '../place/place.ts';

/** How requests leave: straight by the machine's own DNS and TCP, or as from inside a pod whose traffic is captured. */
export type DialSpec = {
  /** PEM of the authorities that https URLs are checked against; absent: those of Node. */
  ca?: string;
} & (
  | { kind: 'direct' }
  | ({ kind: 'edge' } & EdgeDial)
  | ({
      kind: 'captured';
      /** Address of the pod that sends. */
      sourceIp: string;
      dns: { address: string; port: number };
      /** See podSearch() in mesh/world/dial.ts. */
      search: string[];
    } & Uplink)
);

/** From outside of the mesh to a port of a Service, which is somewhere on 127.0.0.1 while anything serves it. */
export interface EdgeDial {
  /** Asked before each connection: an SRV record of `name` tells the port; none means that nothing listens. */
  dns: { address: string; port: number };
  name: string;
  /** What the url calls the destination, for messages. */
  destination: string;
  tls: {
    serverName: string;
    insecure: boolean;
    /** PEM. */
    certificate?: { chain: string; key: string };
  };
}

/** What the client itself can know of an observation. */
export type RawObservation = Omit<Observation, 'flags' | 'version' | 'pod'>;

/** Delays of the client's event loop since the last call, milliseconds. */
export interface Delay {
  p99Ms: number;
  maxMs: number;
}

/** The load generator: a process of its own. */
export interface Traffic {
  readonly pid: number;
  /**
   * Sends a plan's requests; yields observations in send order. Ending the iteration early ends the traffic: running requests are cut,
   * and nothing of it runs when `return` has resolved. Throws the signal's reason when it aborts, and a
   * ProblemError when the process ends before the plan does: it never yields less than was sent without throwing.
   */
  send(plan: TrafficPlan, dial: DialSpec, signal: AbortSignal): AsyncIterable<RawObservation>;
  loopDelay(): Promise<Delay>;
  /** Ends the process; resolves when it is gone. */
  close(): Promise<void>;
}

export interface TrafficOptions {
  /** Environment of the client (what marks it as part of a run). Our own inherits nothing else, another `command` the whole. */
  env?: { readonly [name: string]: string };
  /** Runs the client elsewhere, e.g. `kubectl exec -i … node traffic.mjs`; default: this Node with runner/traffic/main.ts. */
  command?: readonly [string, ...string[]];
  /** A line of the process's stderr. */
  log?(line: string): void;
}
