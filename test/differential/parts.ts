import type { JsonObject } from '../../mesh/json.ts';
import type { Random } from '../../mesh/world/random.ts';
import { type Case, type HttpRequest, istio, type Slot } from './feature.ts';

/** The Service of one pod only, so that it is known who answers. */
export const appV1 = 'app-v1.diff.svc.cluster.local';

type HttpOptions = Partial<Omit<HttpRequest, 'kind' | 'headers'>> & {
  headers?: readonly (readonly [string, string])[];
};

/** A request to the slot's host by way of the Service `app`'s address. */
export const ask = ({ host }: Slot, { headers = [], ...more }: HttpOptions = {}): HttpRequest => ({
  headers: [['host', host], ...headers],
  ...more,
});

export const to = (host: string, more: JsonObject = {}): JsonObject => ({ destination: { host, ...more } });

/** A VirtualService of the slot's host; without a destination a route goes to app-v1. */
export const virtualService = ({ name, host }: Slot, http: readonly JsonObject[], more: JsonObject = {}): JsonObject =>
  istio('VirtualService', name, {
    hosts: [host],
    http: http.map((route) =>
      'route' in route || 'redirect' in route || 'directResponse' in route ? route : { ...route, route: [to(appV1)] },
    ),
    ...more,
  });

/** The slot's own service at its own address, with `endpoints` of its apps behind it. */
export const serviceEntry = ({ name, host, vip }: Slot, endpoints: JsonObject[], protocol = 'HTTP'): JsonObject =>
  istio('ServiceEntry', name, {
    hosts: [host],
    addresses: [vip],
    location: 'MESH_EXTERNAL',
    resolution: 'STATIC',
    ports: [{ number: 80, name: protocol.toLowerCase(), protocol, targetPort: protocol === 'HTTP' ? 8080 : 9000 }],
    endpoints,
  });

export const destinationRule = ({ name, host }: Slot, trafficPolicy: JsonObject): JsonObject =>
  istio('DestinationRule', name, { host, trafficPolicy });

/** One more field for the slot's routes, of Envoy's own kind. */
export const routePatch = ({ name, host }: Slot, value: JsonObject): JsonObject =>
  istio('EnvoyFilter', name, {
    configPatches: [
      {
        applyTo: 'HTTP_ROUTE',
        match: { context: 'SIDECAR_OUTBOUND', routeConfiguration: { vhost: { name: `${host}:80` } } },
        patch: { operation: 'MERGE', value },
      },
    ],
  });

export type Recipe = (slot: Slot, random: Random) => Case;

/** Goes round the recipes, so that each comes up as often as the others. */
export const inTurn =
  (recipes: readonly Recipe[]) =>
  (random: Random, count: number, slot: (index: number) => Slot): Case[] =>
    Array.from({ length: count }, (_, i) => {
      const recipe = recipes[i % recipes.length];
      if (!recipe) throw new RangeError('no recipes');
      return recipe(slot(i), random);
    });

/** Some of `from`, in its order. */
export const some = <T>(random: Random, from: readonly T[], probability = 0.5): T[] =>
  from.filter(() => random.next() < probability);

/** A cluster in Envoy's own words for the sidecars that send, and the slot's route to it; `objects` beside it: the slot's VirtualService. */
export const ownCluster = ({ name, host }: Slot, cluster: JsonObject): JsonObject =>
  istio('EnvoyFilter', `${name}-cluster`, {
    configPatches: [
      {
        applyTo: 'CLUSTER',
        match: { context: 'SIDECAR_OUTBOUND' },
        patch: { operation: 'ADD', value: { name: `own-${name}`, connect_timeout: '1s', type: 'STATIC', ...cluster } },
      },
      {
        applyTo: 'HTTP_ROUTE',
        match: { context: 'SIDECAR_OUTBOUND', routeConfiguration: { vhost: { name: `${host}:80` } } },
        patch: { operation: 'MERGE', value: { route: { cluster: `own-${name}` } } },
      },
    ],
  });

/** One endpoint of `ownCluster`: the n-th app of the slot. */
export const ownEndpoint = ({ ips }: Slot, n: number, more: JsonObject = {}): JsonObject => ({
  endpoint: { address: { socket_address: { address: ips[n] ?? '', port_value: 8080 } } },
  ...more,
});
