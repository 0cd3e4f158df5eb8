import { z } from 'zod';
import { responseExpect } from './expect.ts';
import { configFacts, istCode, objectFacts, statsFacts } from './facts.ts';
import { atLeastOne, exactlyOne, identifier, labFile } from './units.ts';

export const dataPlane = z.enum(['sidecar', 'ambient']);

export const solutionSchema = z
  .strictObject({
    id: identifier.describe('Unique in the lab.'),
    apply: z.array(labFile).min(1).optional().describe('Files, in the order in which they are applied.'),
    steps: z
      .record(identifier, z.array(labFile))
      .optional()
      .describe('For a lab with steps: the files of each step by its id.'),
    needs: z
      .strictObject({
        sidecar: z.enum(['waypoint']).optional().describe('What sidecars need.'),
        ambient: z.enum(['waypoint']).optional().describe('What ambient needs: a waypoint for its L7 rules.'),
      })
      .default({})
      .describe('What a data plane needs beyond the profile to run this solution.'),
    dataPlanes: z.array(dataPlane).min(1).optional().describe('Only there; all of the lab when absent.'),
  })
  .superRefine(exactlyOne(['apply', 'steps']))
  .describe('One right answer. Every solution is proved.');

export const controlSchema = z
  .strictObject({
    fails: z.array(z.string()).min(1).describe('Checks that fail without a solution; a table stands for all its rows.'),
    holds: z.array(z.string()).default([]).describe('Checks that pass also without a solution.'),
  })
  .describe('The negative control: the steps without any solution.');

const change = {
  patch: labFile
    .optional()
    .describe('Whole objects; each takes the place of the object with its kind, namespace and name.'),
  without: labFile.optional().describe('A file that is left out.'),
  add: labFile.optional().describe('Objects that come in addition.'),
};

export const mutantSchema = z
  .strictObject({
    id: identifier.describe('Unique in the lab.'),
    of: identifier.describe('The solution that it spoils.'),
    step: identifier.optional().describe('Only the files of this step; those of all steps when absent.'),
    ...change,
    fails: z.string().describe('The check (or row, CHECK/ROW) that rejects it; `admission`: the API server.'),
    says: z.string().optional().describe('Text of the refusal; only and always with `fails: admission`.'),
    because: z.string().optional().describe('What happens, for people.'),
  })
  .superRefine(atLeastOne(['patch', 'without', 'add']))
  .refine(({ fails, says }) => (fails === 'admission') === (says !== undefined), {
    message: 'needs the words of the refusal (`says`) exactly where `fails` is admission',
    path: ['says'],
  })
  .describe('A wrong answer that people really give; it must be rejected by the check it names.');

const tools = {
  analyze: istCode.describe('Code of mesh-labs analyze.'),
  admission: z.string().describe('Text of the refusal of the API server.'),
  object: objectFacts,
  config: configFacts,
  stats: statsFacts,
};

const tool = z
  .strictObject({
    analyze: tools.analyze.optional(),
    admission: tools.admission.optional(),
    object: tools.object.optional(),
    config: tools.config.optional(),
    stats: tools.stats.optional(),
  })
  .superRefine(exactlyOne(Object.keys(tools)))
  .describe('What finds the cause.');

export const faultSchema = z
  .strictObject({
    id: identifier.describe('Unique in the lab.'),
    title: z.string().describe('What is wrong, told after it was found.'),
    ...change,
    dataPlanes: z.array(dataPlane).min(1).optional().describe('Only there; all of the lab when absent.'),
    fails: z
      .string()
      .describe('The check (or row) that fails until the fix; `admission` where the API server refuses the fault.'),
    symptom: responseExpect
      .optional()
      .describe('What the calls of that check show meanwhile; absent where admission refuses the fault.'),
    tool,
    fix: z
      .strictObject({
        apply: z.array(labFile).default([]).describe('Files that are applied.'),
        delete: z.array(labFile).default([]).describe('Files whose objects are deleted, before.'),
      })
      .superRefine(atLeastOne(['apply', 'delete']))
      .describe('What heals it.'),
  })
  .superRefine(atLeastOne(['patch', 'without', 'add']))
  .describe('A planted fault, proved: the symptom is seen, the tool finds it, the fix heals it.');

export type SolutionFile = z.infer<typeof solutionSchema>;
export type MutantFile = z.infer<typeof mutantSchema>;
export type FaultFile = z.infer<typeof faultSchema>;
export type Tool = z.infer<typeof tool>;
