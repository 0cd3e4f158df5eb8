import { keyOf } from '../../model/config.ts';
import type { Intake } from '../read.ts';
import type { ConfigError } from './conditions.ts';
import type { RouteResult } from './route-result.ts';

/** What a route's status says is wrong, as problems. */
export function reportRoute({ config, attachments, errors }: RouteResult, { problems }: Intake): void {
  const object = `${config.kind} ${keyOf(config)}`;
  const tell = (error: ConfigError | undefined, fix: string) => {
    if (error) problems.push({ what: `${object}: ${error.message}`, where: { object }, fix });
  };
  tell(errors.gateway, 'correct the route, or add what it names');
  if (errors.mesh?.message !== errors.gateway?.message) tell(errors.mesh, 'correct the route, or add what it names');
  for (const ref of new Set(attachments.map((a) => a.ref))) {
    const own = attachments.filter((a) => a.ref === ref);
    // A parent without sectionName means any of its listeners.
    if (own.every((a) => a.denied))
      tell(own[0]?.denied, `let ${ref.name ?? 'the parent'} take the route, or name another parent`);
  }
}
