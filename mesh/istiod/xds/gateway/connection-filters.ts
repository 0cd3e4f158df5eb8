import type { JsonObject } from '../../../json.ts';
import type { ProxyContext } from '../context.ts';
import { networkAuthorization } from '../filter/authorization.ts';
import { networkExtensions } from '../filter/extensions.ts';
import { tcpMetadataExchange } from '../filter/metadata-exchange.ts';
import { statsFilters } from '../filter/stats.ts';

/**
 * What a gateway does with a connection before it is passed on (buildCompleteNetworkFilters). Only mutual TLS of the mesh can tell who
 * the client is.
 */
export function connectionFilters(context: ProxyContext, port: number, meshTls = false): JsonObject[] {
  const at = { direction: 'gateway', port } as const;
  return [
    ...(meshTls ? [tcpMetadataExchange] : []),
    ...networkAuthorization(context, networkExtensions(context, at, ['AUTHN', 'AUTHZ'])),
    ...networkExtensions(context, at, ['STATS', 'UNSPECIFIED_PHASE']),
    ...statsFilters(context, 'gateway'),
  ];
}
