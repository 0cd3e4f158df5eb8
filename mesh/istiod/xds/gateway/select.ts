import type { GatewayConfig } from '../../model/gateway.ts';
import { subsetOf } from '../../model/labels.ts';
import type { ServiceTarget } from '../../model/service.ts';
import type { ProxyContext } from '../context.ts';

/** A Gateway that is for the proxy, with the Service ports by which its servers are reached. */
export interface SelectedGateway {
  config: GatewayConfig;
  targets: readonly ServiceTarget[];
  /** Chosen by labels; else through a Service, as listeners of the Gateway API are. */
  bySelector: boolean;
}

/** Oldest first (mergeGateways in istio pilot/pkg/model/push_context.go). */
export function selectedGateways({ snapshot, proxy, targets }: ProxyContext): SelectedGateway[] {
  const selected = snapshot.gateways.flatMap((config): SelectedGateway[] => {
    const { listener, spec } = config;
    if (!listener) return subsetOf(spec.selector, proxy.labels) ? [{ config, targets, bySelector: true }] : [];
    const own = targets.filter(
      ({ service }) => listener.services.includes(service.hostname) && service.namespace === listener.namespace,
    );
    return own.length > 0 ? [{ config, targets: own, bySelector: false }] : [];
  });
  const managed = new Set(selected.filter((s) => s.config.listener?.managed).map((s) => s.config.namespace));
  if (managed.size === 0) return selected;
  // Otherwise a Gateway elsewhere could use the credentials of a workload that Istio deployed (PILOT_ENABLE_STRICT_GATEWAY_MERGING).
  return selected.filter(({ config }) => config.listener || managed.has(config.namespace));
}

const noTranslation = 'experimental.istio.io/disable-gateway-port-translation';

/** The ports that the workload listens on for a port of a Gateway: the target ports of the Service's (resolvePorts). */
export function listeningPorts(
  number: number,
  { targets, bySelector }: { targets: readonly ServiceTarget[]; bySelector: boolean },
): number[] {
  const found = targets
    .filter((t) => t.port.port === number && !(bySelector && noTranslation in t.service.labels))
    .map((t) => t.targetPort);
  if (!bySelector) return [...new Set(found)];
  return [found[0] ?? number];
}
