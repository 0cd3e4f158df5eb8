import { bodyExpect } from '../../lab/schema/expect.ts';
import { ruleText, type TextRule, textHolds } from '../../observe/text-rule.ts';
import type { ResponsePart } from '../kind.ts';
import { shorten } from '../text.ts';

export const body: ResponsePart<TextRule> = {
  name: 'body',
  schema: bodyExpect,
  describe: (rule) => `a body that ${ruleText(rule)}`,
  matches: (observation, rule) => observation.status !== undefined && textHolds(observation.body, rule),
  show: (observation) => `body “${shorten(observation.body)}”`,
};
