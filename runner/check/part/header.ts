import type { z } from 'zod';
import { headerExpect } from '../../lab/schema/expect.ts';
import { headersHold, ruleText } from '../../observe/text-rule.ts';
import type { ResponsePart } from '../kind.ts';

export const header: ResponsePart<z.infer<typeof headerExpect>> = {
  name: 'header',
  schema: headerExpect,
  describe: (rules) =>
    Object.entries(rules)
      .map(([name, rule]) => (rule.absent ? `no header ${name}` : `a header ${name} that ${ruleText(rule)}`))
      .join(' and '),
  matches: (observation, rules) => observation.status !== undefined && headersHold(observation.headers, rules),
  show: (observation, rules) =>
    Object.keys(rules)
      .map((name) => `${name}: ${observation.headers[name] ?? '(absent)'}`)
      .join(', '),
};
