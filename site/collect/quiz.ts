import { z } from 'zod';
import { proofName } from './proof-name.ts';
import { yamlCollection } from './yaml-collection.ts';

const answer = z.strictObject({
  say: z.string(),
  right: z.literal(true).optional(),
  because: z.string().describe('Why it is right, or what it mistakes'),
});

const question = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  ask: z.string(),
  answers: z.array(answer).min(2),
  proof: proofName.optional().describe('What proves the key, where it is about behaviour'),
});

const quizSchema = z
  .strictObject({ questions: z.array(question).min(1) })
  .refine(({ questions }) => questions.every((q) => q.answers.some((a) => a.right)), 'a question needs a right answer');

export type Quiz = z.infer<typeof quizSchema>;

/** All quizzes (content/quizzes/<lesson>.yaml). Throws where a file is no quiz. */
export const quizzes = (root = process.cwd()): (Quiz & { lesson: string })[] =>
  [...yamlCollection('quizzes', quizSchema, root)].map(([lesson, quiz]) => ({ lesson, ...quiz }));

/** The questions of a lesson. Throws when it has none. */
export function quizOf(lesson: string, root = process.cwd()): Quiz {
  const found = quizzes(root).find((quiz) => quiz.lesson === lesson);
  if (!found) throw new Error(`the lesson ${lesson} has no quiz: content/quizzes/${lesson}.yaml`);
  return found;
}
