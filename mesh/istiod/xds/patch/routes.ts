import { isObject, type JsonObject, objects, strings } from '../../../json.ts';
import type { Patch } from '../../ingest/envoy-filter.ts';
import { parseSubsetKey } from '../../model/subset-key.ts';
import { some } from '../any.ts';
import { type Place, patchList } from './lists.ts';
import { isMerge, type PatchContext, type Patcher } from './patcher.ts';

/** What a gateway's route configuration is matched by, beside its name. */
export interface GatewayRoutes {
  portName: string;
  gateway: string;
  /** The ports of Services that lead to it. */
  ports: readonly number[];
}

/** A route configuration with the patches of its EnvoyFilters (ApplyRouteConfigurationPatches in istio networking/core/envoyfilter). */
export function patchRoutes(
  patcher: Patcher | undefined,
  config: JsonObject,
  where: { at: PatchContext; gateway?: GatewayRoutes },
): JsonObject {
  if (!patcher?.touches('ROUTE_CONFIGURATION', 'VIRTUAL_HOST', 'HTTP_ROUTE')) return config;
  const { at } = where;
  const matching = (patch: Patch, of: JsonObject) => matchesConfig(patch, of, where.gateway);
  let out = patcher.copy(config);
  patcher.guarded('routes', () => {
    for (const patch of patcher.of('ROUTE_CONFIGURATION', at))
      if (isMerge(patch) && matching(patch, out)) out = patcher.merge(patch, out);
    const hosts = patcher.of('VIRTUAL_HOST', at).filter((p) => matching(p, out));
    const routes = patcher.of('HTTP_ROUTE', at).filter((p) => matching(p, out));
    out.virtualHosts = some(patchHosts(patcher, objects(out.virtualHosts), { hosts, routes }));
  });
  return out;
}

/** Sidecars: by name and port; only routes of a plain port have one. */
function matchesConfig({ match }: Patch, config: JsonObject, gateway: GatewayRoutes | undefined): boolean {
  const wanted = match.routeConfiguration;
  if (!wanted) return true;
  const name = String(config.name ?? '');
  if (wanted.name && wanted.name !== name) return false;
  if (!gateway) return !wanted.portNumber || wanted.portNumber === portOf(name);
  return (
    (!wanted.portName || wanted.portName === gateway.portName) &&
    (!wanted.gateway || wanted.gateway === gateway.gateway) &&
    (!wanted.portNumber || gateway.ports.includes(wanted.portNumber))
  );
}

const portOf = (name: string): number =>
  name.startsWith('inbound') ? (parseSubsetKey(name)?.port ?? 0) : /^\d+$/.test(name) ? Number(name) : 0;

interface HostPatches {
  hosts: readonly Patch[];
  routes: readonly Patch[];
}

function patchHosts(patcher: Patcher, given: readonly JsonObject[], { hosts, routes }: HostPatches): JsonObject[] {
  const removed = new Set<unknown>();
  const out = given.map((host) => {
    let patched = patcher.copy(host);
    for (const patch of hosts) {
      if (!matchesHost(patch, patched)) continue;
      if (patch.operation === 'REMOVE') {
        removed.add(patched.name);
        return patched;
      }
      if (isMerge(patch)) patched = patcher.merge(patch, patched);
      else if (patch.operation === 'REPLACE') patched = patcher.inserted(patch);
    }
    patchRoutesOf(patcher, patched, routes);
    return patched;
  });
  for (const patch of hosts) if (patch.operation === 'ADD') out.push(patcher.inserted(patch));
  return out.filter((host) => !removed.has(host.name));
}

function matchesHost({ match }: Patch, host: JsonObject): boolean {
  const wanted = match.routeConfiguration?.vhost;
  return (
    (!wanted?.name || wanted.name === host.name) &&
    (!wanted?.domainName || strings(host.domains).includes(wanted.domainName))
  );
}

function patchRoutesOf(patcher: Patcher, host: JsonObject, patches: readonly Patch[]): void {
  const own = patches.filter((patch) => matchesHost(patch, host));
  if (own.length === 0) return;
  const removed = new Set<JsonObject>();
  let routes = objects(host.routes).map((given) => {
    let route = given;
    for (const patch of own) {
      if (!routePlace(patch).is(route)) continue;
      if (patch.operation === 'REMOVE') {
        removed.add(route);
        return route;
      }
      if (isMerge(patch)) route = patcher.merge(patch, route);
    }
    return route;
  });
  for (const patch of own) routes = insertRoute(patcher, patch, { routes, removed });
  host.routes = some(routes.filter((route) => !removed.has(route)));
}

/** Routes that are to be removed still stand there, without a name or an action, while others are inserted. */
function insertRoute(
  patcher: Patcher,
  patch: Patch,
  { routes, removed }: { routes: JsonObject[]; removed: ReadonlySet<JsonObject> },
): JsonObject[] {
  const { named, is } = routePlace(patch);
  const place: Place = { named, is: (route) => !removed.has(route) && is(route) };
  if (patch.operation === 'REMOVE' || patch.operation === 'REPLACE') return routes;
  // First of all, but only where the route that it names exists.
  if (patch.operation === 'INSERT_FIRST' && named && !routes.some(place.is)) return routes;
  return patchList(patcher, patch, routes, place);
}

const actions: { [action: string]: string } = {
  ROUTE: 'route',
  REDIRECT: 'redirect',
  DIRECT_RESPONSE: 'directResponse',
};

function routePlace({ match }: Patch): Place {
  const wanted = match.routeConfiguration?.vhost?.route;
  const field = actions[wanted?.action ?? ''];
  return {
    named: wanted !== undefined,
    is(route) {
      if (wanted?.name && wanted.name !== route.name) return false;
      const action = Object.values(actions).find((name) => isObject(route[name]));
      return field === undefined || action === undefined || action === field;
    },
  };
}
