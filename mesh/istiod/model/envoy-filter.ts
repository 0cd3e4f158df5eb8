import { policyTarget } from './authorization-policy.ts';
import { anyObject, list, map, num, obj, type Shape, str } from './shape.ts';

const named = obj({ name: str });
const filterMatch = obj({ name: str, subFilter: named });
const listenerMatch = obj({
  portNumber: num,
  name: str,
  listenerFilter: str,
  filterChain: obj({
    name: str,
    sni: str,
    transportProtocol: str,
    applicationProtocols: str,
    destinationPort: num,
    filter: filterMatch,
  }),
});
const routeConfigurationMatch = obj({
  portNumber: num,
  portName: str,
  gateway: str,
  name: str,
  vhost: obj({ name: str, domainName: str, route: obj({ name: str, action: str }) }),
});
const clusterMatch = obj({ portNumber: num, service: str, subset: str, name: str });
const waypointMatch = obj({ portNumber: num, route: named, filter: filterMatch });

const match = obj({
  context: str,
  proxy: obj({ proxyVersion: str, metadata: map(str) }),
  listener: listenerMatch,
  routeConfiguration: routeConfigurationMatch,
  cluster: clusterMatch,
  waypoint: waypointMatch,
});
export type PatchMatch = Shape<typeof match>;

const configPatch = obj({ applyTo: str, match, patch: obj({ operation: str, value: anyObject }) });
export type ConfigPatch = Shape<typeof configPatch>;

/** networking.istio.io/v1alpha3 EnvoyFilter. */
export const envoyFilter = obj({
  workloadSelector: obj({ labels: map(str) }),
  targetRefs: list(policyTarget),
  priority: num,
  configPatches: list(configPatch),
});
export type EnvoyFilter = Shape<typeof envoyFilter>;

/** The message that the patches of an `applyTo` change. */
export const patchedMessages = {
  LISTENER: 'envoy.config.listener.v3.Listener',
  LISTENER_FILTER: 'envoy.config.listener.v3.ListenerFilter',
  FILTER_CHAIN: 'envoy.config.listener.v3.FilterChain',
  NETWORK_FILTER: 'envoy.config.listener.v3.Filter',
  HTTP_FILTER: 'envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter',
  ROUTE_CONFIGURATION: 'envoy.config.route.v3.RouteConfiguration',
  VIRTUAL_HOST: 'envoy.config.route.v3.VirtualHost',
  HTTP_ROUTE: 'envoy.config.route.v3.Route',
  CLUSTER: 'envoy.config.cluster.v3.Cluster',
  EXTENSION_CONFIG: 'envoy.config.core.v3.TypedExtensionConfig',
} as const;
export type ApplyTo = keyof typeof patchedMessages;
