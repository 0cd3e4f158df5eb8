import type { JsonObject } from '../json.ts';
import { camelCased } from './camel.ts';
import { type Host, hostsOfStatus } from './endpoints.ts';
import { type Entry, object, objects, type ProxyConfig, text } from './entry.ts';
import { type Secret, secretsOf } from './secrets.ts';

/** Resources of Envoy's /config_dump (with `?include_eds` for endpoints). Entries stand nowhere: their pointers are empty. */
export function fromConfigDump(dump: JsonObject): ProxyConfig {
  const part = (type: string) => partOf(dump, type);
  const [listeners, routes, clusters, endpoints] = ['Listeners', 'Routes', 'Clusters', 'Endpoints'].map(part);
  return {
    listeners: [
      ...objects(listeners?.dynamicListeners).flatMap((l) => held(object(l.activeState), 'listener')),
      ...objects(listeners?.staticListeners).flatMap((l) => held(l, 'listener')),
    ],
    routes: both(routes?.dynamicRouteConfigs, routes?.staticRouteConfigs, 'routeConfig'),
    clusters: both(clusters?.dynamicActiveClusters, clusters?.staticClusters, 'cluster'),
    endpoints: both(endpoints?.dynamicEndpointConfigs, endpoints?.staticEndpointConfigs, 'endpointConfig'),
  };
}

/** Secrets of Envoy's /config_dump. */
export const secretsOfConfigDump = (dump: JsonObject): Secret[] => secretsOf(partOf(dump, 'Secrets'));

/** Hosts of Envoy's /clusters?format=json. */
export const hostsOfClusters = (status: JsonObject): Host[] => hostsOfStatus(camelCased(status));

/** All parts of one type: Envoy splits none, but a filter of the dump may. */
const partOf = (dump: JsonObject, type: string): JsonObject =>
  camelCased(object(objects(dump.configs).find((c) => text(c['@type']).endsWith(`.${type}ConfigDump`))));

const both = (dynamic: JsonObject[string], fixed: JsonObject[string], field: string): Entry[] =>
  [...objects(dynamic), ...objects(fixed)].flatMap((holder) => held(holder, field));

/** Updates that failed have an error in place of the resource. */
const held = (holder: JsonObject, field: string): Entry[] =>
  holder[field] === undefined ? [] : [{ resource: object(holder[field]), at: '' }];
