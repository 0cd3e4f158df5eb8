import type { Proxy as MeshProxy } from '../../istiod/proxy.ts';
import type { XdsConfig } from '../../istiod/xds/types.ts';
import type { JsonObject } from '../../json.ts';
import type { Problem } from '../../problem.ts';
import { fabricName } from '../localise/fabric-listener.ts';
import { type LocalConfig, type LocalPlace, localise } from '../localise/localise.ts';
import { nameOf, objects } from '../localise/walk.ts';

/**
 * One proxy's configuration as this machine runs it, equal to what `localise` makes of the whole. Endpoints of one cluster depend
 * on no other resource, so each assignment is localised once and kept for as long as the control plane keeps it.
 */
export class LocalConfigs {
  #place: LocalPlace | undefined;
  /** Names that were looked up, and their addresses then. */
  readonly #names = new Map<string, string>();
  #base: { from: XdsConfig; part: LocalPart } | undefined;
  #assignments: ReadonlyMap<JsonObject, LocalPart> = new Map();
  #last: { parts: readonly LocalPart[]; whole: LocalConfig } | undefined;

  /** Returns the same object as the last time when nothing is different. */
  next(config: XdsConfig, proxy: MeshProxy, place: LocalPlace): LocalConfig {
    if (!this.#holds(place)) this.#forget(place);
    const known = this.#assignments;
    const part = (given: Resources) => partOf(localise(xdsConfig(given), proxy, this.#recording(place)));
    if (!this.#base || !sameButEndpoints(this.#base.from, config))
      this.#base = { from: config, part: part({ ...resourcesOf(config), endpoints: [] }) };
    this.#assignments = new Map(config.endpoints.map((e) => [e, known.get(e) ?? part({ ...nothing, endpoints: [e] })]));
    const parts = [this.#base.part, ...this.#assignments.values()];
    if (!this.#last || !sameItems(this.#last.parts, parts)) this.#last = { parts, whole: merged(parts) };
    return this.#last.whole;
  }

  /** Whether what was localised before is still what it would be: the same place, ports and addresses of names. */
  #holds(place: LocalPlace): boolean {
    const before = this.#place;
    return (
      before !== undefined &&
      before.podFolder === place.podFolder &&
      before.runFolder === place.runFolder &&
      before.secret === place.secret &&
      before.worldPort === place.worldPort &&
      before.inbound.size === place.inbound.size &&
      [...before.inbound].every(([address, port]) => place.inbound.get(address) === port) &&
      [...this.#names].every(([name, addresses]) => place.resolveHost(name).join() === addresses)
    );
  }

  #forget(place: LocalPlace): void {
    this.#place = place;
    this.#names.clear();
    this.#base = undefined;
    this.#assignments = new Map();
    this.#last = undefined;
  }

  #recording(place: LocalPlace): LocalPlace {
    const resolveHost = (name: string): string[] => {
      const addresses = place.resolveHost(name);
      this.#names.set(name, addresses.join());
      return addresses;
    };
    return { ...place, resolveHost };
  }
}

type Resources = Pick<XdsConfig, 'listeners' | 'routes' | 'clusters' | 'endpoints' | 'extensionConfigs'>;

const nothing: Resources = { listeners: [], routes: [], clusters: [], endpoints: [], extensionConfigs: [] };

/** Not by spreading: origins are worked out when they are read. */
const resourcesOf = ({ listeners, routes, clusters, endpoints, extensionConfigs }: XdsConfig): Resources => ({
  listeners,
  routes,
  clusters,
  endpoints,
  extensionConfigs,
});
const xdsConfig = (given: Resources): XdsConfig => ({ ...given, secrets: [], problems: [], origins: new Map() });

const sameButEndpoints = (a: XdsConfig, b: XdsConfig): boolean =>
  a.listeners === b.listeners &&
  a.routes === b.routes &&
  a.clusters === b.clusters &&
  sameItems(a.extensionConfigs, b.extensionConfigs);

const sameItems = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i]);

/** What localise made of some resources: the fabric, which it adds, apart from the rest. */
interface LocalPart {
  local: LocalConfig;
  endpoints: readonly JsonObject[];
  world: JsonObject | undefined;
  /** Real ports that the fabric leads to, by their text. */
  hosts: readonly (readonly [string, JsonObject])[];
}

function partOf(local: LocalConfig): LocalPart {
  const fabric = local.endpoints.find((e) => nameOf(e) === fabricName);
  const [world, ...hosts] = objects(objects(fabric?.endpoints)[0]?.lbEndpoints);
  return {
    local,
    endpoints: local.endpoints.filter((e) => e !== fabric),
    world,
    hosts: hosts.map((host) => [JSON.stringify(host), host] as const),
  };
}

/** The listener and cluster of the fabric are the same in all parts, its hosts are those of all, the world first. */
function merged(parts: readonly LocalPart[]): LocalConfig {
  const [base] = parts;
  if (!base) throw new Error('there is a base always');
  const problems = new Map<string, Problem>();
  const real = new Map<string, JsonObject>();
  const endpoints: JsonObject[] = [];
  for (const part of parts) {
    endpoints.push(...part.endpoints);
    for (const [text, host] of part.hosts) real.set(text, host);
    for (const problem of part.local.problems) problems.set(`${problem.where?.object} ${problem.what}`, problem);
  }
  const sorted = [...real].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, host]) => host);
  const lbEndpoints = [...(base.world ? [base.world] : []), ...sorted];
  endpoints.push({ clusterName: fabricName, endpoints: [{ lbEndpoints }] });
  return { ...base.local, endpoints, problems: [...problems.values()] };
}
