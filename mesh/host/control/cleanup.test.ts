import { expect, it } from 'vitest';
import { Cleanup } from './cleanup.ts';

it('undoes in reverse order, each step once, all of them when one fails', async () => {
  const done: string[] = [];
  const cleanup = new Cleanup();
  cleanup.add(async () => done.push('first'));
  cleanup.add(async () => {
    done.push('second');
    throw new Error('second failed');
  });
  cleanup.add(async () => done.push('third'));
  await expect(cleanup.run()).rejects.toThrow('second failed');
  await cleanup.run();
  expect(done).toEqual(['third', 'second', 'first']);
});
