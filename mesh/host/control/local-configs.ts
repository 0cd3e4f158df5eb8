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
  #base: { from: XdsConfig; local: LocalConfig } | undefined;
  #assignments: ReadonlyMap<JsonObject, LocalConfig> = new Map();
  #last: { parts: readonly LocalConfig[]; whole: LocalConfig } | undefined;

  /** Returns the same object as the last time when nothing is different. */
  next(config: XdsConfig, proxy: MeshProxy, place: LocalPlace): LocalConfig {
    if (!this.#holds(place)) this.#forget(place);
    const known = this.#assignments;
    const local = (given: Resources) => localise(xdsConfig(given), proxy, this.#recording(place));
    if (!this.#base || !sameButEndpoints(this.#base.from, config))
      this.#base = { from: config, local: local({ ...resourcesOf(config), endpoints: [] }) };
    this.#assignments = new Map(
      config.endpoints.map((e) => [e, known.get(e) ?? local({ ...nothing, endpoints: [e] })]),
    );
    const parts = [this.#base.local, ...this.#assignments.values()];
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

/** `localise` adds the fabric to each part: its listener and cluster are the same in all, its hosts are those of all. */
function merged(parts: readonly LocalConfig[]): LocalConfig {
  const [base, ...others] = parts;
  if (!base) throw new Error('there is a base always');
  const all = parts.flatMap((part) => part.endpoints);
  const problems = new Map<string, Problem>();
  for (const problem of [base, ...others].flatMap((part) => part.problems))
    problems.set(`${problem.where?.object} ${problem.what}`, problem);
  return {
    ...base,
    endpoints: [...all.filter((e) => nameOf(e) !== fabricName), fabricOf(all.filter((e) => nameOf(e) === fabricName))],
    problems: [...problems.values()],
  };
}

/** The world first, then real ports in order, as fabric-listener.ts writes them. */
function fabricOf(assignments: readonly JsonObject[]): JsonObject {
  const hosts = assignments.map((a) => objects(objects(a.endpoints)[0]?.lbEndpoints));
  const world = hosts[0]?.[0];
  const real = new Map(hosts.flatMap(([, ...list]) => list.map((host) => [JSON.stringify(host), host] as const)));
  const sorted = [...real].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, host]) => host);
  return { clusterName: fabricName, endpoints: [{ lbEndpoints: [...(world ? [world] : []), ...sorted] }] };
}
