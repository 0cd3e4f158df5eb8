import { z } from 'zod';
import { reportSchema } from '../schema.ts';

const run = reportSchema.shape.runs.element.omit({ lab: true, place: true, dataPlane: true, timing: true });

/**
 * What was run, where, when, with which result: one file for a lab, a place and a data plane. It holds as long as the files of the lab
 * have the digest that is written here.
 */
export const receiptSchema = z.strictObject({
  schema: z.literal('mesh-labs/receipt/v1'),
  lab: z.string(),
  place: z.string(),
  dataPlane: z.enum(['sidecar', 'ambient']),
  date: z.iso.datetime().describe('When the run began'),
  durationMs: z.number().nonnegative().describe('Milliseconds, all solutions and their proof together'),
  files: z.string().describe('SHA-256 over the files of the lab and of its apps'),
  verdict: reportSchema.shape.verdict,
  versions: reportSchema.shape.versions,
  runs: z.array(run).min(1),
});

export type Receipt = z.infer<typeof receiptSchema>;
