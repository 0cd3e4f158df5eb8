import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../world/clock.ts';

/** setTimeout keeps 32 bits; Node fires a longer one at once. */
const longest = 2 ** 31 - 1;

/** The machine's own time. Sleeping never keeps the process alive by itself. */
export const realClock: Clock = {
  now: () => Date.now(),
  async sleep(milliseconds, signal) {
    const end = Date.now() + milliseconds;
    for (let left = milliseconds; left > 0; left = end - Date.now())
      await sleep(Math.min(left, longest), undefined, { ref: false, ...(signal ? { signal } : {}) });
  },
};
