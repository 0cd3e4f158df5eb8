import type { JsonObject } from '../../../json.ts';
import { serviceClusters } from '../cluster/outbound.ts';
import type { ProxyContext } from '../context.ts';
import { mergedGateway } from './merge.ts';

/** Clusters without TLS of their own, for gateways that pass mutual TLS on by server name (buildOutboundSniDnatClusters). */
export const sniDnatClusters = (context: ProxyContext): JsonObject[] =>
  mergedGateway(context).autoPassthrough
    ? context.scope.services.filter((s) => !s.meshExternal).flatMap((s) => serviceClusters(context, s, true))
    : [];
