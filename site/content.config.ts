import { defineCollection } from 'astro:content';
import { docsSchema } from '@astrojs/starlight/schema';
import { glob } from 'astro/loaders';
import { z } from 'astro/zod';

/** routing/splitting-traffic.mdx is read at /learn/splitting-traffic/: a lesson may change its module without changing its address. */
const addressOf = ({ entry }: { entry: string }) => `learn/${entry.replace(/^.*\//, '').replace(/\.mdx$/, '')}`;

/** What a page that is a lesson says of itself; other pages (reference, labs) have none. */
const lesson = z.object({
  /** Minutes of reading and doing. */
  minutes: z.number().int().positive(),
  objectives: z.array(z.string()).min(1),
  labs: z.array(z.string()).default([]),
  /** When the prose was last read against the sources, by a person or a helper: yyyy-mm-dd. */
  checked: z.coerce.date(),
  sources: z.array(z.object({ title: z.string(), url: z.url() })).default([]),
});

export const collections = {
  docs: defineCollection({
    loader: glob({ base: './content/lessons', pattern: '**/*.mdx', generateId: addressOf }),
    schema: docsSchema({ extend: z.object({ lesson: lesson.optional() }) }),
  }),
};
