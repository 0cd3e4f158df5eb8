import type { JsonObject } from '../../../json.ts';
import type { ConnectionPool } from '../../model/destination-rule.ts';
import { isIpv4, isIpv6 } from '../../model/host.ts';
import { parseProtocol } from '../../model/protocol.ts';
import type { Port, Service, ServiceTarget } from '../../model/service.ts';
import type { IngressListener } from '../../model/sidecar.ts';
import { inboundKey } from '../../model/subset-key.ts';
import { portPolicy } from '../../model/traffic-policy.ts';
import { socketAddress } from '../any.ts';
import { configPath, destinationRule, originOfService, originOfSpec, type ProxyContext } from '../context.ts';
import { statName } from '../stat-name.ts';
import { applyConnectionPool } from './connection-pool.ts';
import { finish, newDraft } from './draft.ts';
import { serviceMetadata, setProtocol, withMeshDefaults } from './outbound.ts';
import { notePolicy } from './policy-origins.ts';

/** The longest duration that Go can hold, in whole seconds: clean-up never comes. */
const NEVER = '9223372035s';

/** Clusters that lead to the application, one for each port (buildInboundClusters in istio networking/core/cluster.go). */
export function inboundClusters(context: ProxyContext): JsonObject[] {
  const ingress = context.scope.sidecar?.spec.ingress ?? [];
  if (ingress.length > 0) return ingress.map((listener) => fromSidecar(context, listener));
  if (context.interception === 'NONE') return [];
  const byPort = new Map<number, ServiceTarget[]>();
  for (const target of context.targets)
    byPort.set(target.targetPort, [...(byPort.get(target.targetPort) ?? []), target]);
  const bind = context.mesh.inboundTrafficPolicy?.mode === 'LOCALHOST' ? context.localhost : '';
  return [...byPort].map(([port, targets]) => {
    const first = targets[0];
    return cluster(context, {
      clusterPort: port,
      bind,
      bindPort: port,
      port: first?.port,
      service: first?.service,
      targets,
    });
  });
}

interface Wanted {
  clusterPort: number;
  /** Where the application listens; empty: at the address that the client chose. */
  bind: string;
  bindPort: number;
  port: Port | undefined;
  service: Service | undefined;
  targets: readonly ServiceTarget[];
  /** The Sidecar's word for it. */
  listener?: IngressListener;
}

/** buildInboundCluster in istio pilot/pkg/networking/core/cluster_builder.go. */
function cluster(context: ProxyContext, of: Wanted): JsonObject {
  const draft = newDraft(inboundKey(of.clusterPort), of.bind === '' ? 'ORIGINAL_DST' : 'STATIC');
  if (of.port) setProtocol(context, draft, of.port);
  if (of.port) {
    // A port that no service has is named after the Sidecar that declares it (findOrCreateService).
    const hostname = `${context.scope.name}.${context.scope.namespace}`;
    const service = of.service ?? ({ kind: 'ServiceEntry', hostname, name: '', namespace: '' } as const);
    const parts = { service, port: of.port.port, portName: of.port.name, targetPort: of.clusterPort };
    const name = statName(context.mesh.inboundClusterStatName, parts);
    if (name !== undefined) draft.fields.altStatName = `${name};`;
  }
  // Telemetry is not told of the services where the first is outside of the mesh (addTelemetryMetadata).
  const named = of.targets[0]?.service.meshExternal ? [] : of.targets;
  const services = new Map(
    named.filter((t) => t.port.port === of.port?.port).map((t) => [t.service.hostname, t.service]),
  );
  if (services.size > 0) draft.istio.services = [...services.values()].map(serviceMetadata);
  if (of.bind === '') draft.fields.cleanupInterval = NEVER;
  else draft.fields.loadAssignment = assignment(draft.name, of);
  const rule = of.service && destinationRule(context, of.service.hostname, 'inbound');
  const policy = rule?.config.spec.trafficPolicy;
  if (rule && policy && services.size > 0) draft.istio.config = configPath(rule.config);
  const effective = withMeshDefaults(context, policy && portPolicy(policy, of.port?.port ?? 0).policy);
  // What a rule allows clients to send, the server must be able to take.
  const connectionPool = ingressPool(context, of.clusterPort) ?? effective.connectionPool;
  applyConnectionPool(context, draft, { ...effective, connectionPool });
  if (draft.type === 'ORIGINAL_DST') draft.fields.lbPolicy = 'CLUSTER_PROVIDED';
  if (of.bind !== context.localhost) draft.fields.upstreamBindConfig = loopbackSource(context);
  const written = finish(draft);
  context.origins.mark(
    written,
    originOfSpec(context, of.listener) ??
      (policy && originOfSpec(context, rule?.config.spec)) ??
      (of.service && originOfService(of.service)),
  );
  notePolicy(context, written, { connectionPool, retryBudget: effective.retryBudget });
  return written;
}

const assignment = (clusterName: string, { bind, bindPort }: Wanted): JsonObject => ({
  clusterName,
  endpoints: [{ lbEndpoints: [{ endpoint: { address: socketAddress(bind, bindPort) } }] }],
});

/** iptables lets connections from 127.0.0.6 pass to the application; others would come back to the proxy. */
export const loopbackSource = ({ localhost }: ProxyContext): JsonObject => ({
  sourceAddress: { address: localhost === '::1' ? '::6' : '127.0.0.6', portValue: 0 },
});

/** A Sidecar's pool goes before that of a DestinationRule (InboundConnectionPoolForPort). */
function ingressPool(context: ProxyContext, port: number): ConnectionPool | undefined {
  const spec = context.scope.sidecar?.spec;
  return spec?.ingress?.find((l) => l.port?.number === port)?.connectionPool ?? spec?.inboundConnectionPool;
}

/** buildInboundClustersFromSidecar. */
function fromSidecar(context: ProxyContext, listener: IngressListener): JsonObject {
  const number = listener.port?.number ?? 0;
  const { bind, port } = defaultEndpoint(context, listener.defaultEndpoint ?? '');
  const declared: Port = {
    name: listener.port?.name ?? '',
    port: number,
    protocol: parseProtocol(listener.port?.protocol),
  };
  const service = context.targets.find((t) => t.targetPort === number)?.service;
  const targets = service ? [{ service, port: declared, targetPort: port }] : [];
  return cluster(context, { clusterPort: number, bind, bindPort: port, port: declared, service, targets, listener });
}

/** `0.0.0.0:port` is the pod's address, `127.0.0.1:port` the loopback, `unix://…` a socket. */
function defaultEndpoint(context: ProxyContext, text: string): { bind: string; port: number } {
  if (text.startsWith('unix://')) return { bind: text, port: 0 };
  const cut = text.lastIndexOf(':');
  const host = text.slice(0, Math.max(cut, 0)).replace(/^\[|\]$/g, '');
  const port = Number(text.slice(cut + 1));
  if (cut < 0 || !Number.isInteger(port)) return { bind: '', port: 0 };
  const { ip } = context.proxy;
  if (host === '0.0.0.0') return { bind: isIpv4(ip) ? ip : '127.0.0.1', port };
  if (host === '::') return { bind: isIpv6(ip) ? ip : '::1', port };
  return host === '127.0.0.1' || host === '::1' ? { bind: context.localhost, port } : { bind: '', port };
}
