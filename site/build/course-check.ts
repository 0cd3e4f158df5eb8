import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AstroIntegration } from 'astro';
import { claimsOf } from '../collect/claims.ts';
import { fenceProblems } from '../collect/fence-problems.ts';
import { fencesOf } from '../collect/fences.ts';
import { myths } from '../collect/myths.ts';
import { proofOf } from '../collect/proof.ts';
import { quizzes } from '../collect/quiz.ts';

export interface CourseReport {
  /** One line each, file:line first. The build fails when there is one. */
  problems: string[];
  /** What the build prints. */
  numbers: string;
}

/** Reads the whole course as text: YAML fences must be valid, and no claim, myth or quiz key may rest on a proof that is red. */
export function checkCourse(root: string): CourseReport {
  const files = readdirSync(join(root, 'content/lessons'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.mdx'),
  );
  const texts = files.map((name) => ({
    file: `content/lessons/${name}`,
    text: readFileSync(join(root, 'content/lessons', name), 'utf8'),
  }));
  const fences = texts.flatMap(({ file, text }) => fencesOf(file, text));
  const wrongFences = fences.flatMap((fence) =>
    fenceProblems(fence).map((what) => `${fence.file}:${fence.line}: ${what}`),
  );
  const claims = texts.flatMap(({ file, text }) => claimsOf(file, text));
  const rest = [
    ...claims.map(({ file, line, proof }) => ({ where: `${file}:${line}`, proof })),
    ...[...myths(root)].map(([id, { proof }]) => ({ where: `content/myths/${id}.yaml`, proof })),
    ...quizzes(root).flatMap(({ lesson, questions }) =>
      questions.flatMap(({ id, proof }) => (proof ? [{ where: `content/quizzes/${lesson}.yaml, ${id}`, proof }] : [])),
    ),
  ];
  const states = rest.map(({ where, proof }) => ({ where, state: proofOf(proof, root).state }));
  const red = states.filter(({ state }) => state === 'red').map(({ where }) => `${where}: its proof is red`);
  const count = (state: string) => states.filter((s) => s.state === state).length;
  const questions = quizzes(root).reduce((sum, quiz) => sum + quiz.questions.length, 0);
  return {
    problems: [...wrongFences, ...red],
    numbers: `${texts.length} lessons, ${fences.length} YAML fences, ${questions} questions, ${myths(root).size} myths; of ${states.length} claims ${count('proved')} are proved, ${count('not yet')} not yet`,
  };
}

/** Fails the build for what checkCourse finds, and prints its numbers. */
export function checkedCourse(): AstroIntegration {
  return {
    name: 'mesh-labs-checked-course',
    hooks: {
      'astro:build:start': ({ logger }) => {
        const { problems, numbers } = checkCourse(process.cwd());
        for (const problem of problems) logger.error(problem);
        if (problems.length > 0) throw new Error(`${problems.length} problems in the course`);
        logger.info(numbers);
      },
    },
  };
}
