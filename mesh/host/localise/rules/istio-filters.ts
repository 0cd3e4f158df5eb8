import type { JsonObject } from '../../../json.ts';
import type { Rule } from '../rule.ts';
import { type StatsLogger, statsLogger } from '../stats.ts';
import { child, forEachObject, nameOf, objects, text, typeUrl } from '../walk.ts';

/** Filters of Istio's own Envoy build, by type; one unknown type makes Envoy refuse all listeners (spike, rule 1). */
const istioTypes = new Set(
  [
    'envoy.tcp.metadataexchange.config.MetadataExchange',
    'io.istio.http.peer_metadata.Config',
    'stats.PluginConfig',
    'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig',
  ].map(typeUrl),
);

const typeOf = (filter: JsonObject) => text(child(filter, 'typedConfig'), '@type');

/**
 * Removes what upstream Envoy does not have. istio.stats is replaced by the stats access logger (spike, section 5);
 * metadata exchange only feeds istio.stats; istio.alpn is the rule alpn.
 */
export const istioFilters: Rule = {
  name: 'istioFilters',
  apply(config, { report }) {
    for (const resource of [...config.listeners, ...config.clusters]) {
      const reporter = resource.trafficDirection === 'INBOUND' ? 'destination' : 'source';
      const tell = (what: string) => report(nameOf(resource), what);
      forEachObject(resource, (object) => {
        if (Array.isArray(object.httpFilters)) measure(object, object, { reporter, protocol: 'http', tell });
        if (Array.isArray(object.filters)) {
          const proxy = objects(object.filters)
            .map(configOf)
            .find((f) => f['@type'] === tcpProxy);
          measure(object, proxy ?? {}, { reporter, protocol: 'tcp', tell });
        }
        for (const field of ['filters', 'httpFilters'])
          if (Array.isArray(object[field]))
            object[field] = objects(object[field]).filter((filter) => !istioTypes.has(typeOf(filter)));
      });
    }
    config.extensionConfigs = config.extensionConfigs.filter((extension) => !istioTypes.has(typeOf(extension)));
    for (const cluster of config.clusters) dropEmptyFilters(cluster);
  },
};

const tcpProxy = typeUrl('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy');
const configOf = (filter: JsonObject): JsonObject => child(filter, 'typedConfig');

/** Adds the stats logger to what logs (`owner`) for each istio.stats among the filters. */
function measure(
  parent: JsonObject,
  owner: JsonObject,
  how: Pick<StatsLogger, 'reporter' | 'protocol'> & { tell(what: string): void },
): void {
  for (const filter of objects(how.protocol === 'http' ? parent.httpFilters : parent.filters)) {
    if (typeOf(filter) !== typeUrl('stats.PluginConfig')) continue;
    const config = configOf(filter);
    if (objects(config.metrics).some((m) => m.dimensions !== undefined))
      how.tell('labels of metrics made by expressions (dimensions) are left out: istio.stats is not in this Envoy');
    owner.accessLog = [...objects(owner.accessLog), statsLogger({ ...how, config })];
  }
}

function dropEmptyFilters(cluster: JsonObject): void {
  if (objects(cluster.filters).length === 0 && nameOf(cluster) !== '') delete cluster.filters;
}
