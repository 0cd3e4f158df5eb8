import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const proof = z.strictObject({ lab: z.string(), check: z.string() }).or(z.strictObject({ golden: z.string() }));

const answer = z.strictObject({
  say: z.string(),
  right: z.literal(true).optional(),
  because: z.string().describe('Why it is right, or what it mistakes'),
});

const question = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  ask: z.string(),
  answers: z.array(answer).min(2),
  proof: proof.optional().describe('What proves the key, where it is about behaviour'),
});

const quizSchema = z
  .strictObject({ questions: z.array(question).min(1) })
  .refine(({ questions }) => questions.every((q) => q.answers.some((a) => a.right)), 'a question needs a right answer');

export type Quiz = z.infer<typeof quizSchema>;

/** The questions of a lesson (content/quizzes/<slug>.yaml). Throws when the file is not there or is not a quiz. */
export function quizOf(lesson: string, root = process.cwd()): Quiz {
  const file = join(root, 'content/quizzes', `${lesson}.yaml`);
  if (!existsSync(file)) throw new Error(`the lesson ${lesson} has no quiz: ${file}`);
  return quizSchema.parse(parse(readFileSync(file, 'utf8')));
}
