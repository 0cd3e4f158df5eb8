import type { Listener, RouteKind } from '../../model/kubernetes-gateway.ts';
import { GATEWAY_GROUP } from './references.ts';

/** Routes that a listener takes; `valid` tells whether it allows only such (GenerateGatewaySupportedKinds). */
export function supportedKinds({ protocol, tls, allowedRoutes }: Listener): { kinds: RouteKind[]; valid: boolean } {
  const kinds = kindsOf(protocol, tls?.mode).map((kind) => ({ group: GATEWAY_GROUP, kind }));
  const allowed = allowedRoutes?.kinds ?? [];
  if (allowed.length === 0) return { kinds, valid: true };
  const both = kinds.filter((k) => allowed.some((a) => a.kind === k.kind && (a.group ?? GATEWAY_GROUP) === k.group));
  return { kinds: both, valid: both.length === allowed.length };
}

function kindsOf(protocol: string | undefined, mode: string | undefined): string[] {
  if (protocol === 'HTTP' || protocol === 'HTTPS') return ['HTTPRoute', 'GRPCRoute'];
  if (protocol === 'TCP') return ['TCPRoute'];
  if (protocol !== 'TLS') return [];
  return mode === 'Terminate' ? ['TLSRoute', 'TCPRoute'] : ['TLSRoute'];
}
