import type { TraceEvent } from '../../mesh/envoy/types.ts';
import { Causes } from './causes.ts';
import type { Hop, Locate } from './explanation.ts';
import { predictedLog } from './log.ts';
import { podOfNode } from './names.ts';
import { repointed } from './repoint.ts';
import { stepsOf } from './step/registry.ts';
import type { TraceWorld } from './world.ts';

export interface Part {
  node: string;
  events: TraceEvent[];
  /** See Hop. */
  note?: string;
}

/**
 * The events of each hop, in the order in which the request came to them. What a proxy does after others did something is
 * part of its first visit, as long as that has no answer; a kept-alive connection brings the next one without an `accept`.
 */
export function partsOf(events: readonly TraceEvent[]): Part[] {
  const parts: Part[] = [];
  let note: string | undefined;
  for (const event of events) {
    const open = event.kind === 'workload' ? undefined : parts.findLast((part) => part.node === event.node);
    const begins = event.kind === 'accept' || (isRouting(event) && open?.events.some((e) => e.kind === 'response'));
    if (open && !begins) open.events.push(event);
    else parts.push({ node: event.node, events: [event], ...(note !== undefined && { note }) });
    const sender = parts.findLast((part) => part.node === event.node);
    if (event.kind === 'mirror') note = 'mirrored copy';
    else if (event.kind === 'endpoint') note = event.attempt > 1 ? `attempt ${event.attempt}` : sender?.note;
    if (event.kind === 'upstream') answeredBy(event, parts)?.events.push(event);
  }
  return parts;
}

/** The app whose answer a proxy hears; a proxy on the way has its own part. */
function answeredBy({ host }: Extract<TraceEvent, { kind: 'upstream' }>, parts: readonly Part[]): Part | undefined {
  return parts.findLast(({ events }) => {
    const [first] = events;
    return events.length === 1 && first?.kind === 'workload' && first.ip === host.ip && first.port === host.port;
  });
}

const isRouting = ({ kind }: TraceEvent) => kind === 'route' || kind === 'noRoute';

export function hopOf({ node, note, ...part }: Part, { world, locate }: { world: TraceWorld; locate: Locate }): Hop {
  const config = node ? world.config(node) : undefined;
  const events = repointed(part.events, config);
  const causes = new Causes(config, locate);
  const scene = { world, causes, events };
  const steps = events.flatMap((event) => stepsOf(event, scene));
  const log = predictedLog(events);
  return {
    ...placeOf({ node, events }, world),
    ...(note !== undefined && { note }),
    steps,
    ...(log.length > 0 && { log }),
  };
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
