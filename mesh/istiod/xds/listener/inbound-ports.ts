import { type Config, originOf } from '../../model/config.ts';
import { isHttp, type Protocol, parseProtocol } from '../../model/protocol.ts';
import { inboundKey } from '../../model/subset-key.ts';
import { originOfService, originOfSpec, type ProxyContext } from '../context.ts';
import type { Origin } from '../types.ts';

/** A port that the sidecar takes connections for: of a Service, of a Sidecar's ingress, or any other (passthrough). */
export interface InboundPort {
  targetPort: number;
  servicePort: number;
  portName: string;
  protocol: Protocol;
  /** Host of the service, for names of operations; empty for passthrough. */
  hostname: string;
  cluster: string;
  bind: string;
  bindToPort: boolean;
  passthrough: boolean;
  /** Requests come out of a tunnel. */
  hbone?: boolean;
  /** The Sidecar that declares it. */
  sidecar?: Config<object>;
  origin?: Origin;
}

/** Ports by number. Where services share a port the oldest decides (buildInboundChainConfigs). */
export function inboundPorts(context: ProxyContext): InboundPort[] {
  const ingress = context.scope.sidecar?.spec.ingress ?? [];
  const ports = ingress.length > 0 ? sidecarPorts(context) : servicePorts(context);
  const byNumber = new Map<number, InboundPort>();
  for (const port of ports) if (!byNumber.has(port.targetPort)) byNumber.set(port.targetPort, port);
  return [...byNumber.values()].sort((a, b) => a.targetPort - b.targetPort);
}

function servicePorts(context: ProxyContext): InboundPort[] {
  // Without redirection the application itself listens on these ports; a Sidecar must say otherwise.
  if (context.interception === 'NONE') return [];
  return context.targets
    .filter((t) => !isReserved(context, { bind: context.wildcard, port: t.targetPort, protocol: t.port.protocol }))
    .map(({ service, port, targetPort }) => ({
      targetPort,
      servicePort: port.port,
      portName: port.name,
      protocol: port.protocol,
      hostname: service.hostname,
      cluster: inboundKey(targetPort),
      bind: context.wildcard,
      bindToPort: false,
      passthrough: false,
      origin: originOfService(service),
    }));
}

function sidecarPorts(context: ProxyContext): InboundPort[] {
  const { sidecar } = context.scope;
  return (sidecar?.spec.ingress ?? []).map((listener) => {
    const number = listener.port?.number ?? 0;
    return {
      targetPort: number,
      servicePort: number,
      portName: listener.port?.name ?? '',
      protocol: parseProtocol(listener.port?.protocol),
      hostname: `${context.scope.name}.${context.scope.namespace}`,
      cluster: inboundKey(number),
      bind: listener.bind || context.proxy.ip,
      bindToPort:
        listener.captureMode === 'NONE' || (listener.captureMode !== 'IPTABLES' && context.interception === 'NONE'),
      passthrough: false,
      // A Sidecar of the root namespace counts as the workload's namespace's own (convertToSidecarScope).
      sidecar: sidecar && { ...sidecar, namespace: context.scope.namespace },
      origin: originOfSpec(context, listener) ?? (sidecar && originOf(sidecar)),
    };
  });
}

/** Ports that Envoy itself listens on, on every address: its own status and the virtual listeners (conflictWithReservedListener). */
export function isReserved(
  { mesh, proxy, wildcard }: ProxyContext,
  at: { bind: string; port: number; protocol: Protocol },
): boolean {
  if (at.bind !== '' ? at.bind !== wildcard : !isHttp(at.protocol)) return false;
  const { ENVOY_STATUS_PORT, ENVOY_PROMETHEUS_PORT } = proxy.metadata;
  const own = [ENVOY_STATUS_PORT, ENVOY_PROMETHEUS_PORT, mesh.proxyListenPort, mesh.proxyInboundListenPort];
  return own.includes(at.port);
}
