import type { TraceEvent } from '../../../mesh/envoy/types.ts';
import type { Step } from '../explanation.ts';
import { response, workload } from './answer.ts';
import { accept, filterChain, noFilterChain, tls } from './connection.ts';
import { filter, mirror, noRoute, route } from './http.ts';
import type { Scene, Tell } from './step.ts';
import { cluster, endpoint, noEndpoint, retry, upstream } from './upstream.ts';

const tellers: { [Kind in TraceEvent['kind']]: Tell<Kind> } = {
  accept,
  filterChain,
  noFilterChain,
  tls,
  filter,
  route,
  noRoute,
  cluster,
  endpoint,
  noEndpoint,
  retry,
  mirror,
  upstream,
  workload,
  response,
  // Told by the response before it; the data are in Hop.log.
  log: () => [],
};

/** An event in words. */
export function stepsOf(event: TraceEvent, scene: Scene): Step[] {
  const tell = tellers[event.kind] as Tell<TraceEvent['kind']>;
  return tell(event as never, scene).map((step) => ({ ...step, at: event.at }));
}
