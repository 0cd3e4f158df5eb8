import type { JsonObject } from '../../../json.ts';
import { flag } from '../any.ts';
import { isAllowAny, originOfSpec, type ProxyContext } from '../context.ts';
import { looksUpUnknown } from '../dynamic-dns/dynamic-dns.ts';
import { destinationCluster } from './destination.ts';

/** Where connections to unknown destinations go: on, to a proxy of the user's, or nowhere (outboundTrafficPolicy). */
export function egressCluster(context: ProxyContext): string {
  if (!isAllowAny(context)) return 'BlackHoleCluster';
  const proxy = context.scope.outboundTrafficPolicy.egressProxy;
  return proxy ? destinationCluster(proxy, undefined, 0) : 'PassthroughCluster';
}

/** What happens to requests to hosts that nothing defines (buildCatchAllVirtualHost). */
export function catchAll(context: ProxyContext): JsonObject {
  const { proxyHeaders } = context.proxyConfig;
  const dynamic = looksUpUnknown(context);
  const name = dynamic ? 'allow_any_dynamic_dns' : isAllowAny(context) ? 'allow_any' : 'block_all';
  const action: JsonObject = isAllowAny(context)
    ? {
        route: {
          appendXForwardedHost: flag(proxyHeaders?.xForwardedHost?.enabled),
          cluster: dynamic ? 'AllowAnyDynamicDNSCluster' : egressCluster(context),
          maxGrpcTimeout: '0s',
          timeout: '0s',
        },
      }
    : { directResponse: { status: 502 } };
  const virtualHost: JsonObject = {
    domains: ['*'],
    includeRequestAttemptCount: flag(!proxyHeaders?.attemptCount?.disabled),
    name,
    routes: [{ ...action, match: { prefix: '/' }, name }],
  };
  context.origins.mark(virtualHost, originOfSpec(context, context.scope.outboundTrafficPolicy));
  return virtualHost;
}
