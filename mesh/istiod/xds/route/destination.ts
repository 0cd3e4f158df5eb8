import type { Service } from '../../model/service.ts';
import { outboundKey } from '../../model/subset-key.ts';
import type { Destination } from '../../model/virtual-service.ts';

/**
 * The cluster of a destination; it need not exist (GetDestinationCluster in istio pilot/pkg/networking/core/route/route.go).
 * Without a port the service's only one is meant, else that of the listener.
 */
export function destinationCluster(
  destination: Destination | undefined,
  service: Service | undefined,
  listenerPort: number,
): string {
  if (!destination?.host) return 'UnknownService';
  const only = service?.ports.length === 1 ? service.ports[0]?.port : undefined;
  const port = destination.port ? (destination.port.number ?? 0) : (only ?? listenerPort);
  return outboundKey(port, destination.subset ?? '', service?.externalName || destination.host);
}
