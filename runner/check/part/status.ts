import { statusExpect } from '../../lab/schema/expect.ts';
import type { ResponsePart } from '../kind.ts';

export const status: ResponsePart<number> = {
  name: 'status',
  schema: statusExpect,
  describe: (expected) => `status ${expected}`,
  matches: (observation, expected) => observation.status === expected,
};
