import type { ClientTls, MeshSim, SimObservation } from '../../../mesh/envoy/mesh-sim.ts';
import type { Address } from '../../../mesh/world/connection.ts';
import type { ErrorKind, Observation } from '../../observe/observation.ts';
import type { TrafficPlan } from '../place.ts';

/** Requests between two looks at whether the consumer has had enough. */
const window = 256;
/** A body is truncated in the record, as the client of the other places does it. */
const longestBody = 64 * 1024;

export interface Sender {
  dataplane: Pick<MeshSim, 'dispatch' | 'run' | 'after' | 'now'>;
  ip: string;
  namespace: string;
  /** Of a client outside of the mesh. */
  to?: Address;
  tls?: ClientTls;
  /** What a refused connection is told as; default: with the address. */
  refused?: string;
  /** Told of each request: its position in the plan, and its index in the data plane, by which it can be replayed. */
  sent?(position: number, index: number): void;
}

/** Sends a plan's requests under virtual time; yields observations in send order. */
export async function* sendVirtual(sender: Sender, plan: TrafficPlan, signal: AbortSignal): AsyncIterable<Observation> {
  const started = sender.dataplane.now();
  const total = plan.limit.requests ?? Number.POSITIVE_INFINITY;
  const end = started + (plan.limit.durationMs ?? Number.POSITIVE_INFINITY);
  for (let first = 0; first < total && sender.dataplane.now() < end; first += window) {
    signal.throwIfAborted();
    const batch = new Batch({ sender, plan, first, count: Math.min(window, total - first), end, started });
    batch.start();
    await sender.dataplane.run();
    yield* batch.observations;
  }
}

interface BatchOptions {
  sender: Sender;
  plan: TrafficPlan;
  /** Index of its first request. */
  first: number;
  count: number;
  /** Nothing is sent from then on, virtual milliseconds. */
  end: number;
  started: number;
}

/** Some requests of a plan, `concurrency` at once, each worker on its own connection. */
class Batch {
  readonly observations: Observation[] = [];
  readonly #options: BatchOptions;
  #next = 0;

  constructor(options: BatchOptions) {
    this.#options = options;
  }

  start(): void {
    const { plan, count } = this.#options;
    if (plan.rate !== undefined) this.#schedule(plan.rate);
    else for (let worker = 0; worker < Math.min(plan.concurrency, count); worker++) this.#work(worker);
  }

  /** Open loop: each request at its time, whatever has come back by then. */
  #schedule(rate: number): void {
    const { sender, plan, first, count, started } = this.#options;
    for (let i = 0; i < count; i++) {
      const at = started + ((first + i) * 1000) / rate;
      const wait = Math.max(0, at - sender.dataplane.now());
      sender.dataplane.after(wait, () => this.#send(i % plan.concurrency, () => {}));
    }
  }

  #work(worker: number): void {
    this.#send(worker, () => this.#work(worker));
  }

  #send(worker: number, then: () => void): void {
    const { sender, plan, first, count, end } = this.#options;
    if (this.#next >= count || sender.dataplane.now() >= end) return;
    const at = this.#next++;
    const lane = plan.unit === 'connection' ? '' : `${plan.id} ${worker}`;
    const { body = '', tls: _, ...request } = plan.request;
    const { ip: from, namespace, to, tls, refused } = sender;
    const how = { ...(to && { to }), ...(tls && { tls }) };
    sender.dataplane.dispatch({ from, namespace, ...request, ...how, body, lane }, (observed) => {
      sender.sent?.(first + at, observed.index);
      this.observations[at] = { ...observation(observed, refused), index: first + at };
      // Not from within the answer: a worker that never waits would go ever deeper.
      sender.dataplane.after(0, then);
    });
  }
}

function observation({ error, body, headers, details: _, ...rest }: SimObservation, refused?: string): Observation {
  const named = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':')));
  const facts = { ...rest, headers: named, body: body.slice(0, longestBody) };
  if (!error) return facts;
  const message = (error.code === 'ECONNREFUSED' && refused) || error.message;
  return { ...facts, error: { kind: kindOf(error.code), message } };
}

const kinds: readonly string[] = [
  'ECONNRESET',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EPIPE',
  'EOF',
  'TLS',
  'ABORTED',
];
const kindOf = (code: string): ErrorKind => (kinds.includes(code) ? (code as ErrorKind) : 'OTHER');
