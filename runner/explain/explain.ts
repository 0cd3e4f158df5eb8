import type { Trace } from '../../mesh/envoy/mesh-sim.ts';
import type { Explanation, Locate } from './explanation.ts';
import { hopOf, partsOf } from './hops.ts';
import type { Sender } from './session.ts';
import { summaryOf } from './summary.ts';
import type { TraceWorld } from './world.ts';

export interface Told {
  trace: Trace;
  world: TraceWorld;
  /** Where an object was written; the identity when nobody knows. */
  locate: Locate;
  sender: Sender;
  headers?: { [name: string]: string };
}

/** A trace in words, with causes. */
export function explanationOf({ trace, world, locate, sender, headers }: Told): Explanation {
  const { status, error, flags, details, latencyMs, request } = trace.observation;
  const hops = partsOf(trace.events)
    .map((part) => hopOf(part, { world, locate }))
    .filter(({ steps }) => steps.length > 0);
  const outcome = {
    ...(status !== undefined && { status }),
    ...(error && { error }),
    ...(flags !== undefined && { flags }),
    ...(details !== undefined && { details }),
    latencyMs,
  };
  const from = `${sender.name}.${sender.namespace}`;
  const asked = { from, ...request, ...(headers && Object.keys(headers).length > 0 && { headers }) };
  return { request: asked, outcome, summary: summaryOf({ request: asked, outcome, hops }, sender), hops };
}
