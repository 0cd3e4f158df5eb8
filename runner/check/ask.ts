import { type Ask, ask as askSchema } from '../lab/schema/facts.ts';
import type { CheckKind } from './kind.ts';
import type { Verdict } from './verdict.ts';

export const ask: CheckKind<Ask, 'answer'> = {
  name: 'ask',
  schema: askSchema,
  needs: 'answer',
  describe: ({ part, from, url }) => `the ${part} of a call from ${from} to ${url}`,
  judge: ({ given, computed }, params) => {
    const right = given !== undefined && computed.includes(given.trim());
    return {
      verdict: computed.length === 0 ? 'error' : given === undefined ? 'undecided' : right ? 'passed' : 'failed',
      expected: ask.describe(params),
      measured: given === undefined ? 'Not answered yet.' : `“${given.trim()}”`,
      evidence: computed.length === 0 ? ['The engine could not compute an answer.'] : [],
    } satisfies Verdict;
  },
};
