import type { JsonObject } from '../../../json.ts';
import type { Rule } from '../rule.ts';
import { statsLogger } from '../stats.ts';
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
  apply(config, { proxy }) {
    for (const resource of [...config.listeners, ...config.clusters]) {
      const reporter = resource.trafficDirection === 'INBOUND' ? 'destination' : 'source';
      forEachObject(resource, (object) => {
        for (const field of ['filters', 'httpFilters']) {
          if (!Array.isArray(object[field])) continue;
          const all = objects(object[field]);
          const measured =
            field === 'httpFilters' && all.some((filter) => typeOf(filter) === typeUrl('stats.PluginConfig'));
          object[field] = all.filter((filter) => !istioTypes.has(typeOf(filter)));
          if (measured) object.accessLog = [...objects(object.accessLog), statsLogger(reporter, proxy)];
        }
      });
    }
    config.extensionConfigs = config.extensionConfigs.filter((extension) => !istioTypes.has(typeOf(extension)));
    for (const cluster of config.clusters) dropEmptyFilters(cluster);
  },
};

function dropEmptyFilters(cluster: JsonObject): void {
  if (objects(cluster.filters).length === 0 && nameOf(cluster) !== '') delete cluster.filters;
}
