import type { JsonObject } from '../../../json.ts';
import { durationText } from '../../model/duration.ts';
import { flag } from '../any.ts';
import type { ProxyContext } from '../context.ts';
import { cacheOfUnknown, clusterType } from '../dynamic-dns/dynamic-dns.ts';
import { tcpMetadataExchange } from '../filter/metadata-exchange.ts';
import { preserveCase } from '../http-connection-manager.ts';
import { applyConnectionPool } from './connection-pool.ts';
import { finish, httpProtocolOptions, newDraft } from './draft.ts';
import { loopbackSource } from './inbound.ts';
import { applyUnknownTls } from './upstream-tls.ts';

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

/** Looks up the hosts that nobody defined (buildAllowAnyDFPCluster). */
export function dynamicDnsCluster(context: ProxyContext): JsonObject {
  const { mesh } = context;
  const draft = newDraft('AllowAnyDynamicDNSCluster', 'DYNAMIC');
  applyConnectionPool(context, draft, {});
  const tls = mesh.outboundTrafficPolicy?.tls;
  const encrypts = tls !== undefined && (tls.mode ?? 'DISABLE') !== 'DISABLE';
  const insecure = { allowInsecureClusterOptions: flag(!encrypts) };
  draft.fields.clusterType = clusterType(cacheOfUnknown(context), insecure);
  if (encrypts) applyUnknownTls(context, draft, tls);
  const http1 = context.proxyConfig.proxyHeaders?.preserveHttp1HeaderCase ? preserveCase : {};
  const upstream = draft.http?.upstream;
  return {
    ...finish(draft),
    filters: [tcpMetadataExchange],
    lbPolicy: 'CLUSTER_PROVIDED',
    typedExtensionProtocolOptions: httpProtocolOptions({
      commonHttpProtocolOptions: { idleTimeout: '300s' },
      upstreamHttpProtocolOptions: upstream,
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
