import type { Trace } from '../../mesh/envoy/mesh-sim.ts';
import type { Explanation, Hop, Locate } from './explanation.ts';
import { hopOf, partsOf } from './hops.ts';
import { summaryOf } from './summary.ts';
import type { TraceWorld } from './world.ts';

export interface Told {
  trace: Trace;
  world: TraceWorld;
  /** Where an object was written; the identity when nobody knows. */
  locate: Locate;
  /** `web-5c85.shop`, the pod that sent. */
  from: string;
  headers?: { [name: string]: string };
}

/** A trace in words, with causes. */
export function explanationOf({ trace, world, locate, from, headers }: Told): Explanation {
  const { status, error, flags, details, latencyMs, request } = trace.observation;
  const hops = partsOf(trace.events).map((part) => hopOf(part, { world, locate }));
  const outcome = {
    ...(status !== undefined && { status }),
    ...(error && { error }),
    ...(flags !== undefined && { flags }),
    ...(details !== undefined && { details }),
    latencyMs,
  };
  const asked = { from, ...request, ...(headers && Object.keys(headers).length > 0 && { headers }) };
  return { request: asked, outcome, summary: summaryOf(hops.filter(hasSteps), outcome), hops: hops.filter(hasSteps) };
}

const hasSteps = ({ steps }: Hop) => steps.length > 0;
