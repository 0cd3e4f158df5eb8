import { judgeOf } from '../../check/registry.ts';
import type { Await, Check } from '../../lab/lab.ts';
import { evidenceFor } from '../evidence.ts';
import { RunError } from '../failure.ts';
import type { PlanStep } from '../plan.ts';
import type { Session } from '../session.ts';

/** Between two looks at the state that is waited for; milliseconds. */
const lookEvery = 50;

/** Looks until the state is there. Throws a RunError at the deadline, with what was seen last. */
export async function awaitState({ state }: Extract<PlanStep, { do: 'await' }>, session: Session): Promise<void> {
  const deadline = session.now() + state.withinMs;
  const check = asCheck(state);
  const { describe, judge } = judgeOf(check);
  session.tell({ type: 'step', text: `waiting until ${describe()}` });
  while (true) {
    const { verdict, measured } = judge(await evidenceFor(check, session));
    if (verdict === 'passed') return;
    if (session.now() > deadline)
      throw new RunError('place', {
        what: `Not true after ${state.withinMs / 1000} s: ${describe()}. Seen: ${measured}`,
      });
    await session.sleep(lookEvery, session.signal);
  }
}

/** The facts of an `await` are judged as those of checks are. */
function asCheck({ object, config, stats }: Await): Check {
  const base = { id: 'await', title: 'await', at: {}, dataPlanes: [] };
  if (object) return { ...base, needs: 'objects', object };
  if (config) return { ...base, needs: 'config', config };
  if (stats) return { ...base, needs: 'stats', stats };
  throw new Error('an await without facts');
}
