import { originOf } from '../model/config.ts';
import type { Proxy as MeshProxy } from '../proxy.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { buildClusters, edsNames } from './clusters.ts';
import { contextOf } from './context.ts';
import { buildEndpoints } from './endpoints.ts';
import { buildExtensions } from './extensions.ts';
import { buildListeners, routeNames } from './listeners.ts';
import { asked } from './origins.ts';
import { buildRoutes } from './routes.ts';
import { secretNames } from './secrets.ts';
import type { Origin, XdsConfig } from './types.ts';

/**
 * Everything istiod would send to a sidecar or a gateway: pure, each list sorted by name. Pieces are shared between resources, so the result
 * is read-only. `origins` is worked out when it is first read.
 */
export function xds(snapshot: Snapshot, proxy: MeshProxy): XdsConfig {
  const context = contextOf(snapshot, proxy);
  if (proxy.type !== 'sidecar' && proxy.type !== 'router') return unsupported(proxy);
  const listeners = buildListeners(context);
  const routes = buildRoutes(context, routeNames(listeners));
  const clusters = buildClusters(context);
  const endpoints = buildEndpoints(context, edsNames(clusters));
  const extensionConfigs = buildExtensions(context, listeners);
  const { sidecar } = context.scope;
  if (sidecar?.spec.egress)
    for (const limited of [listeners, routes, clusters, endpoints])
      context.origins.mark(limited, originOf(sidecar, 'spec.egress'));
  const written = { listeners, routes, clusters, endpoints, extensionConfigs };
  let origins: Map<string, Origin> | undefined;
  const config: XdsConfig = {
    listeners,
    routes,
    clusters,
    endpoints,
    secrets: secretNames({ listeners, clusters }),
    extensionConfigs,
    problems: [...snapshot.problems, ...context.problems],
    get origins() {
      origins ??= context.origins.pointers(written);
      return origins;
    },
  };
  return asked(config, (pointer) => context.origins.within(written, pointer));
}

const unsupported = (proxy: MeshProxy): XdsConfig => ({
  listeners: [],
  routes: [],
  clusters: [],
  endpoints: [],
  secrets: [],
  extensionConfigs: [],
  problems: [
    {
      what: `${proxy.name}.${proxy.namespace}: configuration for a ${proxy.type} is not made yet`,
      fix: 'ask for a sidecar or a gateway',
    },
  ],
  origins: new Map(),
});
