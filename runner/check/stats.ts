import { type StatsFacts, statsFacts } from '../lab/schema/facts.ts';
import { rangeText, within } from './equal.ts';
import type { CheckKind, StatsEvidence } from './kind.ts';
import { many } from './text.ts';
import type { Verdict } from './verdict.ts';

export const stats: CheckKind<StatsFacts, 'stats'> = {
  name: 'stats',
  schema: statsFacts,
  needs: 'stats',
  describe: (facts) => {
    const says = [facts.sum && `sum ${rangeText(facts.sum)}`, facts.increase && `grew by ${rangeText(facts.increase)}`];
    return `${facts.matching} at ${facts.proxy}: ${says.filter(Boolean).join(', ')}`;
  },
  judge: (evidence, facts) => {
    const { now, growth, names } = add(evidence, new RegExp(facts.matching, 'u'));
    const good = (!facts.sum || within(now, facts.sum)) && (!facts.increase || within(growth, facts.increase));
    // A counter that nothing has touched yet does not exist: with a proxy there to say so, its sum is 0.
    const verdict = evidence.proxies.length === 0 ? 'undecided' : good ? 'passed' : 'failed';
    return {
      verdict,
      expected: stats.describe(facts),
      measured: evidence.proxies.length === 0 ? 'No proxy was there to ask.' : `sum ${now}, grew by ${growth}`,
      evidence: [
        `${many(evidence.proxies.length, 'proxy').replace('proxys', 'proxies')}: ${names.join(', ') || 'no such counter'}`,
      ],
    } satisfies Verdict;
  },
};

function add({ proxies }: StatsEvidence, pattern: RegExp) {
  const names = new Set<string>();
  let now = 0;
  let then = 0;
  for (const { stats: current, before } of proxies) {
    for (const [name, value] of current) {
      if (!pattern.test(name)) continue;
      names.add(name);
      now += value;
    }
    for (const [name, value] of before) if (pattern.test(name)) then += value;
  }
  return { now, growth: now - then, names: [...names] };
}
