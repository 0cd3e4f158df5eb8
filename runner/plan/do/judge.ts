import { judgeOf } from '../../check/registry.ts';
import type { Verdict } from '../../check/verdict.ts';
import type { Check } from '../../lab/lab.ts';
import { evidenceFor } from '../evidence.ts';
import { wordsOf } from '../failure.ts';
import { losses, podHealth, requireHealthyProxies } from '../health.ts';
import type { PlanStep } from '../plan.ts';
import type { CheckResult } from '../result.ts';
import type { Session } from '../session.ts';
import { whyOf } from '../why.ts';

/** Judges checks by what was collected. What the place did wrong turns `passed` into `error`, and never the other way. */
export async function judge({ checks }: Extract<PlanStep, { do: 'judge' }>, session: Session): Promise<void> {
  session.tell({ type: 'step', text: 'judging' });
  const sick = await sickness(session);
  for (const check of checks) session.results.push(await judgeOne(check, { session, sick }));
}

/** Pods lost since the mesh settled, proxies that refused their configuration or are silent. */
async function sickness({ warm, signal, settled }: Session): Promise<string | undefined> {
  try {
    const lost = losses(settled, await podHealth(warm.mesh));
    if (lost.length > 0) return lost.join(' ');
    await requireHealthyProxies(warm.mesh);
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    return wordsOf(error);
  }
}

async function judgeOne(check: Check, { session, sick }: { session: Session; sick: string | undefined }) {
  const sample = check.needs === 'observations' ? session.samples.get(check.traffic) : undefined;
  const missing = check.needs === 'observations' && !sample ? `Traffic ${check.traffic} was not sent.` : undefined;
  const trouble = missing ?? sample?.trouble ?? sick;
  const { shows, ...verdict } = trusted(await verdictOf(check, session), trouble);
  const why = shows === undefined ? [] : await whyOf(check, { session, index: shows });
  const evidence = [...verdict.evidence, ...why];
  return { id: check.id, title: check.title, ...verdict, evidence, ...(trouble && { trouble }) } satisfies CheckResult;
}

async function verdictOf(check: Check, session: Session): Promise<Verdict> {
  const judged = judgeOf(check);
  try {
    return judged.judge(await evidenceFor(check, session));
  } catch (error) {
    session.signal.throwIfAborted();
    return { verdict: 'error', expected: judged.describe(), measured: wordsOf(error), evidence: [] };
  }
}

/** A check that failed stays failed; a pass or an open verdict beside a broken place says nothing. */
function trusted(verdict: Verdict, trouble: string | undefined): Verdict {
  if (!trouble) return verdict;
  const evidence = [trouble, ...verdict.evidence];
  if (verdict.verdict === 'failed') return { ...verdict, evidence };
  return { ...verdict, verdict: 'error', evidence };
}
