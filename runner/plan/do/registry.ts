import { restoreBase } from '../base.ts';
import type { PlanStep } from '../plan.ts';
import type { Session } from '../session.ts';
import { act } from './act.ts';
import { apply } from './apply.ts';
import { awaitState } from './await.ts';
import { start, stop } from './background.ts';
import { enrol } from './enrol.ts';
import { judge } from './judge.ts';
import { remember } from './remember.ts';
import { send } from './send.ts';
import { settle } from './settle.ts';

type Doers = { [K in PlanStep['do']]: (step: Extract<PlanStep, { do: K }>, session: Session) => Promise<void> };

const doers: Doers = {
  // The session has its mesh already: execute.ts opens it, or takes one that another run left warm.
  open: async () => undefined,
  enrol,
  apply,
  act,
  settle,
  await: awaitState,
  remember,
  start,
  stop,
  send,
  judge,
  restore: (_, session) => restoreBase(session),
};

/** Does one step of a plan; rejects with a RunError, or with the reason of the signal when interrupted. */
export async function runStep<K extends PlanStep['do']>(
  step: Extract<PlanStep, { do: K }>,
  session: Session,
): Promise<void> {
  session.signal.throwIfAborted();
  const doer = doers[step.do as K];
  await doer(step, session);
}
