import type { TraceEvent } from '../../mesh/envoy/types.ts';
import { Causes } from './causes.ts';
import type { Hop, Locate } from './explanation.ts';
import { podOfNode } from './names.ts';
import { stepsOf } from './step/registry.ts';
import type { TraceWorld } from './world.ts';

export interface Part {
  node: string;
  events: TraceEvent[];
}

/**
 * The events of each hop, in the order in which the request came to them. What a proxy does after others did something is
 * part of its first visit, as long as that has no answer; a kept-alive connection brings the next one without an `accept`.
 */
export function partsOf(events: readonly TraceEvent[]): Part[] {
  const parts: Part[] = [];
  for (const event of events) {
    const open = event.kind === 'workload' ? undefined : parts.findLast((part) => part.node === event.node);
    const begins = event.kind === 'accept' || (isRouting(event) && open?.events.some((e) => e.kind === 'response'));
    if (open && !begins) open.events.push(event);
    else parts.push({ node: event.node, events: [event] });
  }
  return parts;
}

const isRouting = ({ kind }: TraceEvent) => kind === 'route' || kind === 'noRoute';

export function hopOf({ node, events }: Part, { world, locate }: { world: TraceWorld; locate: Locate }): Hop {
  const causes = new Causes(node ? world.config(node) : undefined, locate);
  const scene = { world, causes, events };
  const steps = events.flatMap((event) => stepsOf(event, scene));
  return { ...placeOf({ node, events }, world), steps };
}

function placeOf({ node, events }: Part, world: TraceWorld): Omit<Hop, 'steps'> {
  const [first] = events;
  if (first?.kind === 'workload') {
    const pod = world.podAt(first.ip);
    return { role: 'app', place: pod ? `${pod.name}.${pod.namespace}` : (world.nameAt(first.ip) ?? first.ip) };
  }
  const accepted = events.find((e) => e.kind === 'accept');
  const inbound = accepted
    ? accepted.direction === 'INBOUND'
    : events.some((e) => e.kind === 'route' && e.table.startsWith('inbound|'));
  const role = node.startsWith('router~') ? 'gateway' : inbound ? 'server proxy' : 'client proxy';
  return { role, place: podOfNode(node), node };
}
