import { describe, expect, it } from 'vitest';
import { merged, noProgress, parseProgress } from './progress.ts';

const file = (parts: object) => JSON.stringify({ ...noProgress(), ...parts });

describe('a progress file', () => {
  const rows: [string, string, boolean][] = [
    ['an empty one', file({}), true],
    ['one with entries', file({ lessons: { mtls: '2026-11-21' }, answers: { 'mtls/a': 'right' } }), true],
    ['no JSON', '{', false],
    ['null', 'null', false],
    ['another schema', file({ schema: 'x/v1' }), false],
    ['entries that are no text', file({ lessons: { mtls: 1 } }), false],
    ['a missing part', JSON.stringify({ schema: 'mesh-labs/progress/v1' }), false],
    ['an answer that is none', file({ answers: { 'mtls/a': 'perhaps' } }), false],
  ];
  it.each(rows)('%s is taken: %s %s', (_, text, taken) => {
    expect(parseProgress(text) !== undefined).toBe(taken);
  });

  it('adds to what is there: the first day counts, a right answer stays right', () => {
    const here = { ...noProgress(), lessons: { a: '2026-01-02' }, answers: { 'a/q': 'right' as const } };
    const there = {
      ...noProgress(),
      lessons: { a: '2026-01-01', b: '2026-01-03' },
      answers: { 'a/q': 'wrong' as const },
    };
    expect(merged(here, there)).toEqual({
      ...noProgress(),
      lessons: { a: '2026-01-01', b: '2026-01-03' },
      answers: { 'a/q': 'right' },
    });
  });
});
