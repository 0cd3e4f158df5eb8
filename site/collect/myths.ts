import { z } from 'zod';
import { proofName } from './proof-name.ts';
import { yamlCollection } from './yaml-collection.ts';

const mythSchema = z.strictObject({
  number: z.number().int().positive().describe('Its number in the errata'),
  says: z.string().describe('What people say, one sentence'),
  truth: z.string().describe('What is so, one to three sentences'),
  why: z.string().optional().describe('Where the myth comes from'),
  proof: proofName,
  lesson: z.string().optional(),
  source: z.string().describe('File in Istio or Envoy, or the document, that settles it'),
});

export type Myth = z.infer<typeof mythSchema>;

/** What people say about Istio that is not so, by id (content/myths). */
export const myths = (root = process.cwd()): Map<string, Myth> => yamlCollection('myths', mythSchema, root);
