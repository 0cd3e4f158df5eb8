import type { ObjectRef } from '../../mesh/kube/objects.ts';
import { apply } from './do/apply.ts';
import { enrol } from './do/enrol.ts';
import { settle } from './do/settle.ts';
import { RunError } from './failure.ts';
import { settleDeadlineMs } from './plan.ts';
import type { Session } from './session.ts';
import { stateHash } from './state-hash.ts';

/** Brings an empty mesh to the base state (apps and setup) and remembers what that is. */
export async function deployBase(session: Session): Promise<void> {
  await runBaseSteps(session);
  const { warm, kinds } = session;
  warm.base = { hash: await stateHash(warm.mesh.api, kinds), mark: warm.journal.length };
}

/**
 * Back to the base state. What was applied is taken back; where that does not give the same hash, the mesh is reset and
 * the apps are deployed anew. Throws a RunError when not even that gives the same state.
 */
export async function restoreBase(session: Session): Promise<void> {
  const { base, journal } = session.warm;
  if (!base) return deployBase(session);
  session.tell({ type: 'step', text: 'taking back what was applied' });
  if (!journal.dirty && (await takenBack(session, base))) return;
  await redeploy(session);
  if ((await stateHash(session.warm.mesh.api, session.kinds)) !== base.hash)
    throw new RunError('place', { what: 'The mesh is not in its first state again after a reset.' });
}

async function takenBack(session: Session, base: { hash: string; mark: number }): Promise<boolean> {
  const { warm, kinds } = session;
  const changed = warm.journal.length > base.mark;
  await gone(session, await warm.journal.undo(base.mark));
  if (changed) await settle({ do: 'settle', deadlineMs: settleDeadlineMs }, session);
  return (await stateHash(warm.mesh.api, kinds)) === base.hash;
}

async function redeploy(session: Session): Promise<void> {
  session.tell({ type: 'step', text: 'resetting the mesh' });
  await session.warm.mesh.reset();
  session.warm.journal.forget();
  await runBaseSteps(session);
}

async function runBaseSteps(session: Session): Promise<void> {
  for (const step of session.plan.phases.find((phase) => phase.kind === 'apps')?.steps ?? []) {
    if (step.do === 'enrol') await enrol(step, session);
    if (step.do === 'apply') await apply(step, session);
    if (step.do === 'settle') await settle(step, session);
  }
}

/** Waits until deleted objects are really gone (finalizers, namespaces with content). */
async function gone(session: Session, refs: readonly ObjectRef[]): Promise<void> {
  const deadline = session.now() + settleDeadlineMs;
  for (const ref of refs) {
    while ((await session.warm.mesh.api.get(ref)) !== undefined) {
      const what = `${ref.kind} ${ref.name} is still there ${settleDeadlineMs / 1000} s after it was deleted.`;
      if (session.now() > deadline) throw new RunError('place', { what });
      await session.sleep(20, session.signal);
    }
  }
}
