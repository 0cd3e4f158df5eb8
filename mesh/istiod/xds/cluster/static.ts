import type { JsonObject } from '../../../json.ts';
import { durationText } from '../../model/duration.ts';
import type { ProxyContext } from '../context.ts';
import { tcpMetadataExchange } from '../filter/metadata-exchange.ts';
import { preserveCase } from '../http-connection-manager.ts';
import { applyConnectionPool } from './connection-pool.ts';
import { finish, httpProtocolOptions, newDraft } from './draft.ts';
import { loopbackSource } from './inbound.ts';

/** Takes what must go nowhere. */
export const blackHoleCluster = ({ mesh }: ProxyContext): JsonObject => ({
  altStatName: 'BlackHoleCluster;',
  connectTimeout: durationText(mesh.connectTimeout),
  name: 'BlackHoleCluster',
  type: 'STATIC',
});

/** Goes to the address that the client chose (buildDefaultPassthroughCluster). */
export function passthroughCluster(context: ProxyContext): JsonObject {
  const draft = newDraft('PassthroughCluster', 'ORIGINAL_DST');
  applyConnectionPool(context, draft, { connectionPool: context.mesh.defaultTrafficPolicy?.connectionPool });
  const http1 = context.proxyConfig.proxyHeaders?.preserveHttp1HeaderCase ? preserveCase : {};
  return {
    ...finish(draft),
    commonLbConfig: undefined,
    filters: [tcpMetadataExchange],
    lbPolicy: 'CLUSTER_PROVIDED',
    typedExtensionProtocolOptions: httpProtocolOptions({
      commonHttpProtocolOptions: { idleTimeout: '300s' },
      useDownstreamProtocolConfig: { http2ProtocolOptions: {}, httpProtocolOptions: http1 },
    }),
  };
}

/** To ports of the workload that no Service has. */
export const inboundPassthroughCluster = (context: ProxyContext): JsonObject => ({
  ...passthroughCluster(context),
  name: 'InboundPassthroughCluster',
  filters: undefined,
  upstreamBindConfig: loopbackSource(context),
});
