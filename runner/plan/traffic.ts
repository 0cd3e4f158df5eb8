import { ProblemError } from '../../mesh/problem.ts';
import type { Traffic } from '../lab/lab.ts';
import { identify as identifyBy } from '../observe/identify.ts';
import type { Observation } from '../observe/observation.ts';
import { wordsOf } from './failure.ts';
import type { Session } from './session.ts';

export interface Collected {
  observations: Observation[];
  /** Why these observations prove nothing. */
  trouble?: string;
}

interface Collecting {
  traffic: Traffic;
  /** Whether the traffic may end with this observation. */
  ends: (next: Observation) => boolean;
  /** Ends the traffic from outside, as a wanted end. */
  stop?: AbortSignal;
}

/** Sends one traffic to its end. Rejects only when the run is interrupted: what the place did wrong is `trouble`. */
export async function collect(session: Session, how: Collecting): Promise<Collected> {
  const observations: Observation[] = [];
  const started = session.now();
  try {
    const complete = await receive(session, how, observations);
    const lasted = session.now() - started;
    const trouble = gapIn(observations) ?? (complete ? undefined : endedEarly(session, { how, observations, lasted }));
    return { observations, ...(trouble && { trouble }) };
  } catch (error) {
    session.signal.throwIfAborted();
    if (how.stop?.aborted && observations.length > 0) return { observations };
    const fix = error instanceof ProblemError ? error.problems[0]?.fix : undefined;
    return {
      observations,
      trouble: [`Traffic ${how.traffic.id} broke: ${wordsOf(error)}`, fix].filter(Boolean).join(' '),
    };
  }
}

/** Resolves to true when the traffic ended where it may. */
async function receive(session: Session, { traffic, ends, stop }: Collecting, into: Observation[]): Promise<boolean> {
  const identify = identifyBy(session.plan.mesh.apps.find(({ name }) => name === traffic.answeredBy));
  const signal = stop ? AbortSignal.any([session.signal, stop]) : session.signal;
  const { id, from, request, unit, concurrency, rate, limit } = traffic;
  const plan = { id, from, request, unit, concurrency, limit, ...(rate !== undefined && { rate }) };
  for await (const seen of guarded(session.warm.mesh.send(plan, signal), stallMs(traffic))) {
    const observation = identify(seen);
    into.push(observation);
    if (ends(observation) || into.length === limit.requests) return true;
  }
  return stop?.aborted === true;
}

/** Far longer than any answer can take: what is silent for so long is dead, not slow. */
const stallMs = ({ request, rate }: Traffic) => request.timeoutMs + Math.max(30_000, rate ? 3000 / rate : 0);

async function* guarded<T>(source: AsyncIterable<T>, silenceMs: number): AsyncIterable<T> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    while (true) {
      const next = await inTime(iterator.next(), silenceMs);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Not awaited: an iterator that is stuck in `next` would never answer.
    void iterator.return?.()?.catch(() => undefined);
  }
}

async function inTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`nothing came for ${ms / 1000} s`)), ms);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function gapIn(observations: readonly Observation[]): string | undefined {
  const gap = observations.findIndex((observation, i) => observation.index !== i);
  return gap === -1 ? undefined : `Observation ${gap} is missing.`;
}

function endedEarly(
  { place }: Session,
  { how, observations, lasted }: { how: Collecting; observations: readonly Observation[]; lasted: number },
): string | undefined {
  const { id, limit } = how.traffic;
  if (observations.length === 0) return `Traffic ${id} sent nothing.`;
  const { requests, durationMs } = limit;
  // A real clock may be read a little late or early; a virtual one is not this process's.
  if (durationMs !== undefined && (place.capabilities.virtualTime || lasted >= durationMs * 0.9)) return undefined;
  return `Traffic ${id} ended after ${observations.length}${requests === undefined ? '' : ` of ${requests}`} requests.`;
}
