import type { PlanStep } from '../plan.ts';
import { endOf } from '../sample.ts';
import type { Session } from '../session.ts';
import { collect } from '../traffic.ts';

/** Sends a traffic to its end and keeps what it yielded, with whatever makes it worthless as proof. */
export async function send(step: Extract<PlanStep, { do: 'send' }>, session: Session): Promise<void> {
  const { traffic } = step;
  const { mesh } = session.warm;
  session.tell({ type: 'step', text: `sending traffic ${traffic.id}` });
  await mesh.loopDelays();
  const { observations, trouble } = await collect(session, { traffic, ends: endOf(step) });
  const delays = await mesh.loopDelays();
  session.delays.push(...delays);
  session.samples.set(traffic.id, {
    observations,
    delays,
    kind: traffic.until === 'decided' ? 'sequential' : 'fixed',
    ...(trouble && { trouble }),
  });
}
