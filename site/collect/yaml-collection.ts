import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { z } from 'zod';

/** Reads every <id>.yaml of a folder of content/. Throws where one is not what its schema says. */
export function yamlCollection<T>(folder: string, schema: z.ZodType<T>, root = process.cwd()): Map<string, T> {
  const path = join(root, 'content', folder);
  const names = readdirSync(path)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  return new Map(
    names.map((name) => {
      const parsed = schema.safeParse(parse(readFileSync(join(path, name), 'utf8')));
      if (!parsed.success)
        throw new Error(
          `content/${folder}/${name}: ${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}`,
        );
      return [name.replace(/\.yaml$/, ''), parsed.data];
    }),
  );
}
