import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { course } from './course.ts';

export interface PageLink {
  href: string;
  title: string;
}

/** The way to a lesson, with its title as the lesson says it. Undefined while it is not written; throws for a lesson that is not even planned. */
export function lessonLink(slug: string, root = process.cwd()): PageLink | undefined {
  const lesson = course(root)
    .flatMap(({ lessons }) => lessons)
    .find((l) => l.slug === slug);
  if (!lesson) throw new Error(`content/course.yaml has no lesson ${slug}`);
  if (!lesson.written) return undefined;
  const [, front = ''] = readFileSync(join(root, lesson.file), 'utf8').split(/^---$/m, 2);
  const { title = slug } = parse(front) as { title?: string };
  return { href: lesson.path, title };
}
