import type { ResponseExpect } from '../../lab/schema/expect.ts';
import type { Observation } from '../../observe/observation.ts';
import type { ResponsePart } from '../kind.ts';
import { body } from './body.ts';
import { error } from './error.ts';
import { flags } from './flags.ts';
import { header } from './header.ts';
import { latency } from './latency.ts';
import { status } from './status.ts';
import { version } from './version.ts';

/** A part with its parameters. */
export interface BoundPart {
  name: string;
  describe(): string;
  matches(observation: Observation): boolean | undefined;
  show?(observation: Observation): string;
}

type Binders = { [Name in keyof Omit<ResponseExpect, 'of'>]-?: (expect: ResponseExpect) => BoundPart | undefined };

/** One line for each part of `expect`; the type refuses a part of the schema that has no line here. */
const binders: Binders = {
  status: (e) => bind(status, e.status),
  error: (e) => bind(error, e.error),
  latency: (e) => bind(latency, e.latency),
  header: (e) => bind(header, e.header),
  body: (e) => bind(body, e.body),
  version: (e) => bind(version, e.version),
  flags: (e) => bind(flags, e.flags),
};

/** The parts that an expectation names. */
export const partsOf = (expect: ResponseExpect): BoundPart[] =>
  Object.values(binders).flatMap((binder) => binder(expect) ?? []);

function bind<Params>(part: ResponsePart<Params>, params: Params | undefined): BoundPart | undefined {
  if (params === undefined) return undefined;
  const { show } = part;
  return {
    name: part.name,
    describe: () => part.describe(params),
    matches: (observation) => part.matches(observation, params),
    ...(show && { show: (observation: Observation) => show(observation, params) }),
  };
}
