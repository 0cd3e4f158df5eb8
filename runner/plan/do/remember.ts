import { evidenceFor } from '../evidence.ts';
import type { PlanStep } from '../plan.ts';
import type { Session } from '../session.ts';

/** Reads what the checks will compare with. */
export async function remember({ checks }: Extract<PlanStep, { do: 'remember' }>, session: Session): Promise<void> {
  for (const check of checks) session.before.set(check, await evidenceFor(check, session));
}
