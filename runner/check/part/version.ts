import { versionExpect } from '../../lab/schema/expect.ts';
import type { ResponsePart } from '../kind.ts';

export const version: ResponsePart<string> = {
  name: 'version',
  schema: versionExpect,
  describe: (name) => `an answer of ${name}`,
  matches: (observation, name) => observation.version === name,
  show: (observation) => `version ${observation.version ?? 'not told'}`,
};
