import { expect, it } from 'vitest';
import { course } from './course.ts';
import { myths } from './myths.ts';
import { proofOf } from './proof.ts';

const all = [...myths()];
const slugs = new Set(course().flatMap(({ lessons }) => lessons.map(({ slug }) => slug)));

it('has the first twenty of the errata, each once', () => {
  const numbers = all.map(([, { number }]) => number).sort((a, b) => a - b);
  expect(numbers.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  expect(new Set(numbers).size).toBe(numbers.length);
});

it.each(all)('%s has a proof that is not red, and a lesson of the course', (_, { proof, lesson }) => {
  expect(proofOf(proof).state).not.toBe('red');
  expect(lesson && slugs.has(lesson)).toBe(true);
});
