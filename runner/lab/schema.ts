import { z } from 'zod';
import { checkSchema } from './schema/check.ts';
import { controlSchema, dataPlane, faultSchema, mutantSchema, solutionSchema } from './schema/proof.ts';
import { stepSchema } from './schema/step.ts';
import { trafficSchema } from './schema/traffic.ts';
import { identifier, labFile } from './schema/units.ts';

/**
 * The one definition of the lab format: types, JSON Schema (labs/lab.schema.json), documentation and error messages
 * come from it. Unknown keys are refused; every field has one shape.
 */

const hintSchema = z
  .strictObject({
    when: z
      .strictObject({
        analyze: z.string().optional().describe('mesh-labs analyze reports this code.'),
        check: z.string().optional().describe('This check does not pass.'),
        measured: z
          .record(z.string(), z.tuple([z.number(), z.number()]))
          .optional()
          .describe('Numbers that the check measured lie in these ranges, e.g. v2: [45, 55] percent.'),
      })
      .optional()
      .describe('Shown first when all of this is true; hints without it follow in their order.'),
    say: z.string().describe('The hint, in Markdown.'),
  })
  .describe('One hint.');

const meshSchema = z
  .strictObject({
    profile: z
      .enum(['default', 'ambient', 'demo', 'minimal'])
      .default('default')
      .describe('Profile of the installation.'),
    enrol: z
      .array(z.string())
      .default(['default'])
      .describe('Namespaces that are in the mesh from the start, by the label that the data plane wants.'),
  })
  .describe('The mesh that the lab starts with.');

export const labSchema = z
  .strictObject({
    id: identifier.describe('Equals the name of the folder.'),
    title: z.string().describe('What the learner brings about.'),
    module: identifier.describe('Module of the course.'),
    lesson: identifier.optional().describe('Lesson that the lab belongs to.'),
    level: z.enum(['beginner', 'intermediate', 'advanced']).describe('How much it asks for.'),
    minutes: z.int().min(1).describe('Time a learner needs.'),
    tier: z.enum(['core', 'plus']).describe('core labs exist in every place.'),
    objectives: z.array(z.string()).min(1).describe('What the learner can do afterwards.'),
    exam: z.string().optional().describe('Domain of the exam, e.g. ica/traffic-management.'),
    dataPlanes: z.array(dataPlane).min(1).describe('Where it runs.'),
    mesh: meshSchema.prefault({}),
    apps: z.array(identifier).min(1).describe('Sample apps (labs/_apps/NAME), in the namespace default.'),
    setup: z.array(labFile).default([]).describe('Files applied with the apps, before the first step.'),
    task: z.string().describe('The task, in Markdown.'),
    traffic: z.record(identifier, trafficSchema).default({}).describe('Traffic by name.'),
    steps: z
      .array(stepSchema)
      .min(1)
      .optional()
      .describe('Stages; absent: one stage with the solution and all checks.'),
    solutions: z.array(solutionSchema).default([]).describe('Right answers; none where the learner heals or answers.'),
    checks: z.array(checkSchema).min(1).describe('What is true when the lab is solved.'),
    control: controlSchema.optional(),
    mutants: z.array(mutantSchema).default([]).describe('Wrong answers.'),
    faults: z.array(faultSchema).default([]).describe('Planted faults.'),
    hints: z.array(hintSchema).default([]).describe('Hints, the general ones last.'),
    debrief: z.string().describe('What was learned, in Markdown.'),
  })
  .describe('A lab of mesh-labs.');

/** A lab.yaml, parsed and with defaults; names and units still as written. `Lab` (lab.ts) is the resolved form. */
export type LabFile = z.infer<typeof labSchema>;
export type HintFile = z.infer<typeof hintSchema>;
