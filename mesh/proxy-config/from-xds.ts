import type { JsonObject } from '../json.ts';
import { HTTP } from './destination.ts';
import { type Entry, entriesOf, object, objects, type ProxyConfig } from './entry.ts';

/** The four lists of an XdsConfig. Pointers of entries lead into it. */
export interface XdsLists {
  listeners: JsonObject[];
  routes: JsonObject[];
  clusters: JsonObject[];
  endpoints: JsonObject[];
}

/** What istiod sends, in the order in which Envoy would tell it: resources of their own, then those inside of others. */
export const fromXds = (config: XdsLists): ProxyConfig => ({
  listeners: entriesOf(config.listeners, '/listeners'),
  routes: [...entriesOf(config.routes, '/routes'), ...inlineRoutes(config.listeners)],
  clusters: entriesOf(config.clusters, '/clusters'),
  endpoints: [...entriesOf(config.endpoints, '/endpoints'), ...inlineEndpoints(config.clusters)],
});

/** Envoy's config dump has one static route configuration for each HTTP filter that carries one, equal ones too. */
const inlineRoutes = (listeners: readonly JsonObject[]): Entry[] =>
  listeners.flatMap((listener, i) => {
    const chains = objects(listener.filterChains).map((chain, j) => ({ chain, at: `filterChains/${j}` }));
    if (listener.defaultFilterChain !== undefined)
      chains.push({ chain: object(listener.defaultFilterChain), at: 'defaultFilterChain' });
    return chains.flatMap(({ chain, at }) =>
      objects(chain.filters).flatMap((filter, k) => {
        const { routeConfig } = object(filter.typedConfig);
        if (filter.name !== HTTP || routeConfig === undefined) return [];
        return [{ resource: object(routeConfig), at: `/listeners/${i}/${at}/filters/${k}/typedConfig/routeConfig` }];
      }),
    );
  });

const inlineEndpoints = (clusters: readonly JsonObject[]): Entry[] =>
  clusters.flatMap((cluster, i) =>
    cluster.loadAssignment === undefined
      ? []
      : [{ resource: object(cluster.loadAssignment), at: `/clusters/${i}/loadAssignment` }],
  );
