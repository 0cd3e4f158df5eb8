import type { z } from 'zod';
import { latencyExpect } from '../../lab/schema/expect.ts';
import { milliseconds } from '../../lab/schema/units.ts';
import type { ResponsePart } from '../kind.ts';

export const latency: ResponsePart<z.infer<typeof latencyExpect>> = {
  name: 'latency',
  schema: latencyExpect,
  describe: ({ atLeast, atMost }) =>
    [atLeast && `no faster than ${atLeast}`, atMost && `no slower than ${atMost}`].filter(Boolean).join(' and '),
  matches: ({ latencyMs }, { atLeast, atMost }) =>
    (atLeast === undefined || latencyMs >= milliseconds(atLeast)) &&
    (atMost === undefined || latencyMs <= milliseconds(atMost)),
  show: ({ latencyMs }) => `${latencyMs.toFixed(0)} ms`,
};
