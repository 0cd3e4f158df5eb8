import type { PlanStep } from '../plan.ts';
import type { Session } from '../session.ts';
import { collect } from '../traffic.ts';

/** Starts a traffic that runs beside the following steps. */
export async function start({ traffic }: Extract<PlanStep, { do: 'start' }>, session: Session): Promise<void> {
  const stop = new AbortController();
  const collected = collect(session, { traffic, ends: () => false, stop: stop.signal });
  // An interruption rejects it; whoever ends it sees that, and an early one must not be unhandled.
  collected.catch(() => undefined);
  session.background.set(traffic.id, {
    async end() {
      stop.abort();
      const { observations, trouble } = await collected;
      const delays = await session.warm.mesh.loopDelays();
      session.delays.push(...delays);
      return { observations, delays, kind: 'fixed', ...(trouble && { trouble }) };
    },
  });
}

export async function stop({ traffic }: Extract<PlanStep, { do: 'stop' }>, session: Session): Promise<void> {
  const sample = await session.background.get(traffic)?.end();
  session.background.delete(traffic);
  if (sample) session.samples.set(traffic, sample);
}

/** Ends what a phase left running: a lab may leave out `stop`. */
export async function stopAll(session: Session): Promise<void> {
  for (const traffic of [...session.background.keys()]) await stop({ do: 'stop', traffic }, session);
}
