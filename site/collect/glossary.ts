import { z } from 'zod';
import { yamlCollection } from './yaml-collection.ts';

const termSchema = z.strictObject({
  term: z.string(),
  short: z.string().describe('One sentence; shown where the word is hovered or focused'),
  also: z.array(z.string()).default([]).describe('Other words that mean it'),
  lesson: z.string().optional().describe('Where it is explained'),
});

export type Term = z.infer<typeof termSchema>;

/** The words of the course by id (content/glossary). */
export const glossary = (root = process.cwd()): Map<string, Term> => yamlCollection('glossary', termSchema, root);

/** A word as a text uses it, in any case. Throws for a word that the glossary does not have. */
export function termOf(word: string): Term & { id: string } {
  const wanted = word.trim().toLowerCase();
  for (const [id, term] of glossary())
    if ([id, term.term, ...term.also].some((name) => name.toLowerCase() === wanted)) return { id, ...term };
  throw new Error(`content/glossary has no term "${word}"`);
}
