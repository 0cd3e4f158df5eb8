import type { LogFacts } from '../../runner/explain/log.ts';
import { type Case, explained } from '../../runner/explain/testing/mesh.ts';
import type { LiveMesh } from './live-mesh.ts';

export interface Compared {
  name: string;
  /** One line for each request at each proxy: app, status, flags, details, cluster, route. */
  predicted: string[];
  logged: string[];
}

/** What explain says that proxies log, and what real Envoys logged, of the same request. */
export async function compare(question: Case, live: LiveMesh): Promise<Compared> {
  const { name, expect: _, notLive: __, ...ask } = question;
  const { hops } = await explained(ask);
  const predicted = hops.flatMap(({ place, log }) =>
    (log ?? []).map((facts) => lineOf(place.replace(/-.*$/, ''), facts)),
  );
  const lines = await live.ask(ask, predicted.length * ((ask.crowd ?? 0) + 1));
  const logged = lines.map(({ app, facts }) => lineOf(app, facts));
  return { name, predicted: predicted.sort(), logged: logged.sort() };
}

const lineOf = (app: string, { status, flags, details, cluster, route }: LogFacts): string =>
  [app, status, flags, details.replace(unixError, 'connect_error'), cluster, route].join(' ');

/** Apps of the place local are behind Unix sockets, whose errors have other words than those of TCP. */
const unixError = /(?:immediate|delayed)_connect_error:[^}]*/;

/** Of a crowd, one request is predicted; the others are in its way. */
export const agrees = ({ crowd = 0 }: Case, { predicted, logged }: Compared): boolean =>
  crowd > 0 ? predicted.every((line) => logged.includes(line)) : predicted.join('\n') === logged.join('\n');
