import { expect, it } from 'vitest';
import { course } from './course.ts';
import { glossary } from './glossary.ts';

const terms = [...glossary()];
const slugs = new Set(course().flatMap(({ lessons }) => lessons.map(({ slug }) => slug)));

it('has the words of the course', () => expect(terms.length).toBeGreaterThanOrEqual(75));

it('gives every word one meaning', () => {
  const words = terms.flatMap(([id, { term, also }]) =>
    [...new Set([id, term, ...also].map((word) => word.toLowerCase()))].map((word) => ({ id, word })),
  );
  const owner = new Map(words.map(({ id, word }) => [word, id]));
  expect(words.filter(({ id, word }) => owner.get(word) !== id)).toEqual([]);
});

it.each(terms)('%s is one short text, explained in a lesson of the course', (_, { short, lesson }) => {
  expect(short).toMatch(/\.$/);
  expect(short.split(' ').length).toBeLessThanOrEqual(26);
  expect(lesson && slugs.has(lesson)).toBe(true);
});
