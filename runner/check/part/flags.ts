import { flagsExpect } from '../../lab/schema/expect.ts';
import type { ResponsePart } from '../kind.ts';

const sorted = (flags: string) => flags.split(',').sort().join(',');

export const flags: ResponsePart<string> = {
  name: 'flags',
  schema: flagsExpect,
  describe: (expected) => `response flags ${expected}`,
  matches: (observation, expected) =>
    observation.flags === undefined ? undefined : sorted(observation.flags) === sorted(expected),
  show: (observation) => `flags ${observation.flags ?? 'not known here'}`,
};
