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
    const open = event.kind === 'workload' ? undefined : openPart(event.node, parts);
    const begins = event.kind === 'accept' || (open && isRouting(event) && !continues(event, open));
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

/** What a proxy has not logged yet is under way: the request that came in, while the one that the app sends goes out. */
const openPart = (node: string, parts: readonly Part[]): Part | undefined => {
  const own = parts.filter((part) => part.node === node);
  return own.findLast(({ events }) => !events.some((e) => e.kind === 'log')) ?? own.at(-1);
};

type Routing = Extract<TraceEvent, { kind: 'route' | 'noRoute' }>;
const isRouting = (event: TraceEvent): event is Routing => event.kind === 'route' || event.kind === 'noRoute';
const isInboundTable = ({ table }: Routing) => table.startsWith('inbound|');

/** Whether a route is chosen for the request that a part is about: it has no answer, and went the same way. */
function continues(event: Routing, { events }: Part): boolean {
  const before = events.find(isRouting);
  return !events.some((e) => e.kind === 'response') && (!before || isInboundTable(before) === isInboundTable(event));
}

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
