import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const moduleSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  lessons: z.array(z.string()),
});

export interface Lesson {
  slug: string;
  module: string;
  /** Where it is read, from the site's root. */
  path: string;
  /** Its source below the repository's root. */
  file: string;
  written: boolean;
}

export interface Module {
  id: string;
  title: string;
  lessons: Lesson[];
}

/**
 * The course in its order (content/course.yaml), with what is written and what is only planned.
 *
 * @param root the folder of the repository
 */
export function course(root = process.cwd()): Module[] {
  const modules = z.array(moduleSchema).parse(parse(readFileSync(join(root, 'content/course.yaml'), 'utf8')));
  return modules.map(({ id, title, lessons }) => ({
    id,
    title,
    lessons: lessons.map((slug) => {
      const file = `content/lessons/${id}/${slug}.mdx`;
      return { slug, module: id, path: `/learn/${slug}/`, file, written: existsSync(join(root, file)) };
    }),
  }));
}
