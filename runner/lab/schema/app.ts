import { z } from 'zod';
import { bodyExpect, headerExpect } from './expect.ts';
import { atLeastOne, identifier, labFile } from './units.ts';

const versionRule = z
  .strictObject({ body: bodyExpect.optional(), header: headerExpect.optional() })
  .superRefine(atLeastOne(['body', 'header']))
  .describe('How an answer of this version looks; only answers with a 2xx status are asked.');

const reading = z
  .strictObject({
    header: z.string().optional().describe('The value of this header.'),
    body: z.string().optional().describe('The first group of this regular expression.'),
  })
  .superRefine(atLeastOne(['header', 'body']))
  .describe('Where the answer says it itself.');

/** labs/_apps/NAME/app.yaml */
export const appSchema = z
  .strictObject({
    name: identifier.describe('Equals the name of the folder.'),
    manifests: z.array(labFile).min(1).describe('Its objects.'),
    identify: z
      .record(z.string(), versionRule)
      .default({})
      .describe('Versions by name. Exactly one rule must hold, else the answer has no version.'),
    pod: reading.optional().describe('How the name of the pod that answered is read.'),
  })
  .describe('A sample app: its manifests, and how its answers tell version and pod.');

export type AppFile = z.infer<typeof appSchema>;
