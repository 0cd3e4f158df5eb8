import { loopDelayMeter } from '../../mesh/host/apps/loop-delay.ts';
import { ProblemError } from '../../mesh/problem.ts';
import type { TrafficPlan } from '../place/place.ts';
import type { FromClient, ToClient, WireObservation } from './messages.ts';
import { PlanRun } from './plan-run.ts';
import type { DialSpec } from './types.ts';

/** Observations are written in batches: a line each would cost more than the request. */
const batchMs = 2;

/** The client's side of the conversation: reads messages, writes messages. */
export class Session {
  readonly #write: (message: FromClient) => void;
  readonly #runs = new Map<number, PlanRun>();
  readonly #loopDelay = loopDelayMeter();

  constructor(write: (message: FromClient) => void) {
    this.#write = write;
  }

  receive(message: ToClient): void {
    const { id } = message;
    if ('send' in message) void this.#send(id, message.send);
    else if ('loopDelay' in message) this.#write({ id, delay: this.#loopDelay() });
    else if ('ack' in message) this.#runs.get(id)?.acknowledge(message.ack);
    else this.#runs.get(id)?.cancel();
  }

  async #send(id: number, { plan, dial }: { plan: TrafficPlan; dial: DialSpec }): Promise<void> {
    const batch = batches((observations) => this.#write({ id, observations }));
    try {
      const run = new PlanRun(plan, dial, batch.add);
      this.#runs.set(id, run);
      const sent = await run.run();
      batch.flush();
      this.#write({ id, end: { sent } });
    } catch (error) {
      const [problem] = error instanceof ProblemError ? error.problems : [];
      this.#write({ id, problem: problem ?? { what: `the traffic client failed: ${(error as Error).stack}` } });
    } finally {
      this.#runs.delete(id);
    }
  }
}

function batches(write: (observations: WireObservation[]) => void) {
  let waiting: WireObservation[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length > 0) write(waiting);
    waiting = [];
  };
  return {
    flush,
    add(observations: WireObservation[]) {
      waiting.push(...observations);
      timer ??= setTimeout(flush, batchMs);
    },
  };
}
