import type { JsonObject } from '../../json.ts';
import { buildClusters } from './clusters.ts';
import type { ProxyContext } from './context.ts';
import { buildEndpoints } from './endpoints.ts';
import { buildListeners } from './listeners.ts';
import { buildRoutes } from './routes.ts';

/** The types of configuration that are pushed on their own: LDS, RDS, CDS, EDS. */
export type Part = 'listeners' | 'routes' | 'clusters' | 'endpoints';
export const allParts: readonly Part[] = ['listeners', 'routes', 'clusters', 'endpoints'];

/** What makes the parts. Tests count the calls. */
export interface Builders {
  listeners(context: ProxyContext): JsonObject[];
  clusters(context: ProxyContext): JsonObject[];
  routes(context: ProxyContext, names: readonly string[]): JsonObject[];
  endpoints(context: ProxyContext, clusters: readonly string[]): JsonObject[];
}

export const istiodBuilders: Builders = {
  listeners: buildListeners,
  clusters: buildClusters,
  routes: buildRoutes,
  endpoints: buildEndpoints,
};
