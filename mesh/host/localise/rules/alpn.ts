import type { JsonObject } from '../../../json.ts';
import type { LocalConfig } from '../place.ts';
import { type Rule, resourcesOf } from '../rule.ts';
import { child, forEachObject, messagesOfType, nameOf, objects, text, typeUrl } from '../walk.ts';

const tls = 'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';
const tcpProxy = typeUrl('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy');
const exchange = 'istio-peer-exchange';

/**
 * istio.alpn chooses the offered protocols per request; here they are fixed per cluster (spike, part 2, section 2): a
 * cluster that routes name offers HTTP, one that only tcp_proxy names stays as it is, and where both name it the
 * tcp_proxy overrides the list for its own connections.
 */
export const alpn: Rule = {
  name: 'alpn',
  apply(config) {
    const routed = routedClusters(config);
    for (const cluster of config.clusters.filter((c) => routed.has(nameOf(c)))) {
      for (const context of messagesOfType(cluster, tls)) {
        const common = child(context, 'commonTlsContext');
        if (includes(common.alpnProtocols, exchange)) common.alpnProtocols = ['istio-http/1.1', 'istio'];
      }
    }
    const both = new Set(config.clusters.filter((c) => routed.has(nameOf(c)) && offersHttp(c)).map(nameOf));
    forEachObject(config.listeners, ({ object }) => {
      if (Array.isArray(object.filters)) object.filters = objects(object.filters).flatMap((f) => withTcpAlpn(f, both));
    });
  },
};

const includes = (list: unknown, value: string) => Array.isArray(list) && list.includes(value);
const offersHttp = (cluster: JsonObject) =>
  messagesOfType(cluster, tls).some((c) => includes(child(c, 'commonTlsContext').alpnProtocols, 'istio-http/1.1'));

/** Clusters named by routes: in route configs, in HTTP filters of listeners, in weighted clusters; not by tcp_proxy. */
function routedClusters(config: LocalConfig): Set<string> {
  const names = new Set<string>();
  for (const resource of resourcesOf(config)) {
    forEachObject(resource, ({ object }) => {
      for (const route of [child(object, 'route'), ...objects(child(object, 'route').requestMirrorPolicies)]) {
        names.add(text(route, 'cluster'));
        for (const leg of objects(child(route, 'weightedClusters').clusters)) names.add(text(leg, 'name'));
      }
    });
  }
  return names;
}

function clustersOf(tcp: JsonObject): string[] {
  return [text(tcp, 'cluster'), ...objects(child(tcp, 'weightedClusters').clusters).map(nameOf)];
}

function withTcpAlpn(filter: JsonObject, both: Set<string>): JsonObject[] {
  const config = child(filter, 'typedConfig');
  return config['@type'] === tcpProxy && clustersOf(config).some((c) => both.has(c)) ? [tcpAlpn(), filter] : [filter];
}

const tcpAlpn = (): JsonObject => ({
  name: 'mesh.alpn_tcp',
  typedConfig: {
    '@type': typeUrl('envoy.extensions.filters.network.set_filter_state.v3.Config'),
    onNewConnection: [
      {
        objectKey: 'envoy.network.application_protocols',
        formatString: { textFormatSource: { inlineString: `${exchange},istio` } },
      },
    ],
  },
});
