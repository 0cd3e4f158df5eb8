import { errorExpect } from '../../lab/schema/expect.ts';
import type { ErrorKind } from '../../observe/observation.ts';
import type { ResponsePart } from '../kind.ts';

export const error: ResponsePart<ErrorKind> = {
  name: 'error',
  schema: errorExpect,
  describe: (kind) => `no answer but ${kind}`,
  matches: (observation, kind) => observation.status === undefined && observation.error?.kind === kind,
};
