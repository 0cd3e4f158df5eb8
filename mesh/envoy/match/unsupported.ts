import type { JsonObject } from '../../json.ts';
import type { Problem } from '../../problem.ts';
import { has } from './proto.ts';

/** Reports the fields of a message that are set and not interpreted here, so that none is passed over in silence. */
export function reportUnsupported(
  message: JsonObject,
  names: readonly string[],
  to: { pointer: string; report(problem: Problem): void },
): void {
  for (const name of names) if (has(message, name)) to.report(notInterpreted(name, `${to.pointer}/${name}`));
}

export const notInterpreted = (what: string, pointer: string): Problem => ({
  what: `${what} is not interpreted in place sim`,
  where: { object: pointer },
  fix: 'run this on place local or kind, where a real Envoy does it',
});
