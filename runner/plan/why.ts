import type { Check, SourceObject } from '../lab/lab.ts';
import { Sources } from '../lab/sources.ts';
import { placed } from './do/apply.ts';
import { wordsOf } from './failure.ts';
import type { PlanStep } from './plan.ts';
import type { Session } from './session.ts';

/**
 * Why the answer with this index was as it was, as lines of evidence. Of a solution only: what must fail in a control or a mutant
 * needs no reason. A trace that cannot be had says so and changes no verdict.
 */
export async function whyOf(check: Check, { session, index }: { session: Session; index: number }): Promise<string[]> {
  const { why, phase, warm, samples, kinds, plan, signal } = session;
  if (!why || phase?.kind !== 'solution' || check.needs !== 'observations') return [];
  const traffic = phase.steps.map(trafficOf).find((found) => found?.id === check.traffic);
  const observation = samples.get(check.traffic)?.observations.find((o) => o.index === index);
  if (!traffic || !observation) return [];
  const sources = new Sources(sourcesOf(check, session));
  const locate = sources.locate.bind(sources);
  try {
    const sentences = await why({ mesh: warm.mesh, plan: traffic, observation, locate, kinds, seed: plan.seed });
    const { status, error, flags } = observation;
    const answer = [status ?? error?.kind ?? 'no answer', flags].filter((part) => part !== undefined).join(' ');
    return sentences.map((sentence, i) => (i === 0 ? `why #${index} (${answer}): ${sentence}` : `  ${sentence}`));
  } catch (error) {
    signal.throwIfAborted();
    return [`why #${index} cannot be told: ${wordsOf(error)}`];
  }
}

const trafficOf = (step: PlanStep) => (step.do === 'send' || step.do === 'start' ? step.traffic : undefined);

/** Apps and setup, then what this phase applied until it judged the check; their last word counts. */
function sourcesOf(check: Check, { plan, phase, kinds }: Session): SourceObject[] {
  const base = plan.phases.filter(({ kind }) => kind === 'apps').flatMap((p) => p.steps);
  const own = phase?.steps ?? [];
  const judged = own.findIndex((step) => step.do === 'judge' && step.checks.includes(check));
  const steps = [...base, ...own.slice(0, judged)];
  const files = steps.flatMap((step) => (step.do === 'apply' ? step.files : []));
  return files.flatMap(({ objects }) => objects.map((source) => ({ ...source, object: placed(source.object, kinds) })));
}
