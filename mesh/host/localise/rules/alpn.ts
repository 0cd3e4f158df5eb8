import type { JsonObject } from '../../../json.ts';
import type { Rule } from '../rule.ts';
import { child, forEachObject, messagesOfType, nameOf, objects, text, typeUrl } from '../walk.ts';

const tls = 'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';
const tcpProxy = typeUrl('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy');
const exchange = 'istio-peer-exchange';

/**
 * istio.alpn chooses the offered protocols per request; here they are fixed per cluster (spike, part 2, section 2): the
 * clusters of istiod's mutual TLS offer HTTP, and every tcp_proxy overrides that for its own connections. It does not
 * depend on which routes name a cluster, so that a change of routes never rebuilds clusters and their connections. TLS
 * of a DestinationRule has another list, or none, and is left alone.
 */
export const alpn: Rule = {
  name: 'alpn',
  apply(config) {
    const mutual = new Set<string>();
    for (const cluster of config.clusters) {
      for (const context of messagesOfType(cluster, tls)) {
        const common = child(context, 'commonTlsContext');
        if (!Array.isArray(common.alpnProtocols) || !common.alpnProtocols.includes(exchange)) continue;
        common.alpnProtocols = ['istio-http/1.1', 'istio'];
        mutual.add(nameOf(cluster));
      }
    }
    forEachObject(config.listeners, (object) => {
      if (Array.isArray(object.filters))
        object.filters = objects(object.filters).flatMap((f) => withTcpAlpn(f, mutual));
    });
  },
};

function clustersOf(tcp: JsonObject): string[] {
  return [text(tcp, 'cluster'), ...objects(child(tcp, 'weightedClusters').clusters).map(nameOf)];
}

function withTcpAlpn(filter: JsonObject, mutual: Set<string>): JsonObject[] {
  const config = child(filter, 'typedConfig');
  return config['@type'] === tcpProxy && clustersOf(config).some((c) => mutual.has(c)) ? [tcpAlpn(), filter] : [filter];
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
