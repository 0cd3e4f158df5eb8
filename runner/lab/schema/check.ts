import { z } from 'zod';
import { expect, responseExpect } from './expect.ts';
import { analyzeFacts, ask, configFacts, objectFacts, statsFacts } from './facts.ts';
import { dataPlane } from './proof.ts';
import { requestSchema } from './traffic.ts';
import { identifier, workload } from './units.ts';

export const rowSchema = z
  .strictObject({
    id: identifier.describe('Unique in the table; the report calls the row CHECK/ROW.'),
    from: workload.describe('Who calls.'),
    request: requestSchema,
    expect: responseExpect,
    because: z.string().optional().describe('Why, in one sentence.'),
  })
  .describe('One row of a decision table: its calls, its expectation, its own line in the report.');

export const checkSchema = z
  .strictObject({
    id: identifier.describe('Unique in the lab.'),
    title: z.string().describe('What is true when the check passes, as a sentence for people.'),
    dataPlanes: z.array(dataPlane).min(1).optional().describe('Only there; all of the lab when absent.'),
    traffic: z.string().optional().describe('The traffic whose answers are judged; goes with `expect`.'),
    expect: expect.optional(),
    rows: z.array(rowSchema).min(1).optional(),
    repeat: z.int().min(1).default(1).describe('How many calls each row makes.'),
    answeredBy: identifier.optional().describe('As in a traffic, for all rows: the app that tells the version.'),
    object: objectFacts.optional(),
    config: configFacts.optional(),
    stats: statsFacts.optional(),
    analyze: analyzeFacts.optional(),
    ask: ask.optional(),
  })
  .superRefine((check, ctx) => {
    const kinds = (['expect', 'rows', 'object', 'config', 'stats', 'analyze', 'ask'] as const).filter(
      (k) => check[k] !== undefined,
    );
    if (kinds.length !== 1)
      ctx.addIssue({
        code: 'custom',
        message: 'needs exactly one of expect, rows, object, config, stats, analyze, ask',
      });
    if (check.answeredBy !== undefined && !check.rows)
      ctx.addIssue({ code: 'custom', message: '`answeredBy` goes with `rows`; a traffic has its own' });
    if ((check.expect === undefined) !== (check.traffic === undefined))
      ctx.addIssue({ code: 'custom', message: '`traffic` and `expect` go together' });
  })
  .describe('Something that is true when the lab is solved.');

export type RowFile = z.infer<typeof rowSchema>;
export type CheckFile = z.infer<typeof checkSchema>;
