import { ProblemError } from '../../../mesh/problem.ts';
import { RunError, wordsOf } from '../failure.ts';
import { podHealth, requireHealthyProxies } from '../health.ts';
import type { PlanStep } from '../plan.ts';
import type { Session } from '../session.ts';

/** Waits for the real state: pods ready, proxies on the newest configuration, none of it refused. */
export async function settle({ deadlineMs }: Extract<PlanStep, { do: 'settle' }>, session: Session): Promise<void> {
  session.tell({ type: 'step', text: 'waiting for pods and proxies' });
  await settled(session, deadlineMs);
  await requireHealthyProxies(session.warm.mesh);
  session.settled = await podHealth(session.warm.mesh);
}

async function settled({ warm, signal }: Session, deadlineMs: number): Promise<void> {
  try {
    await warm.mesh.settle(deadlineMs, signal);
  } catch (error) {
    signal.throwIfAborted();
    const [first, ...rest] = error instanceof ProblemError ? error.problems : [{ what: wordsOf(error) }];
    throw new RunError('place', first ?? { what: 'The mesh did not settle.' }, ...rest);
  }
}
