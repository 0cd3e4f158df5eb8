import type { JsonObject } from '../../json.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Host } from '../cluster/host.ts';
import type { Certificate } from '../facts.ts';
import { text } from './proto.ts';
import type { EnvoyProxy } from './proxy.ts';

const type = (name: string): JsonObject => ({ '@type': `type.googleapis.com/envoy.admin.v3.${name}` });

/** Envoy's /config_dump (envoy.admin.v3.ConfigDump), with endpoints when `eds` is set. */
export function configDump(proxy: EnvoyProxy, { eds = false } = {}): JsonObject {
  const { config, node } = proxy;
  const configs: JsonObject[] = [
    { ...type('BootstrapConfigDump'), bootstrap: { node: { id: node.id, metadata: node.metadata } } },
    {
      ...type('ClustersConfigDump'),
      dynamicActiveClusters: (config?.clusters ?? []).map((cluster) => ({ cluster })),
    },
    {
      ...type('ListenersConfigDump'),
      dynamicListeners: (config?.listeners ?? []).map((listener) => ({
        name: text(listener, 'name'),
        activeState: { listener },
      })),
    },
    {
      ...type('RoutesConfigDump'),
      dynamicRouteConfigs: (config?.routes ?? []).map((routeConfig) => ({ routeConfig })),
    },
  ];
  if (eds)
    configs.push({
      ...type('EndpointsConfigDump'),
      dynamicEndpointConfigs: (config?.endpoints ?? []).map((endpointConfig) => ({ endpointConfig })),
    });
  return { configs };
}

/** Envoy's /clusters?format=json (envoy.admin.v3.Clusters). */
export function clusterStatuses(proxy: EnvoyProxy): JsonObject {
  return {
    clusterStatuses: proxy.clusters.map((cluster) => ({
      name: cluster.name,
      addedViaApi: true,
      hostStatuses: cluster.hosts.map(hostStatus),
      circuitBreakers: breakers(cluster),
    })),
  };
}

function hostStatus(host: Host): JsonObject {
  const { stats } = host;
  const counter = (name: string, value: number): JsonObject => ({ name, value: String(value) });
  return {
    address: { socketAddress: { address: host.address.ip, portValue: host.address.port } },
    stats: [
      counter('cx_connect_fail', stats.cxConnectFail),
      counter('cx_total', stats.cxTotal),
      counter('rq_error', stats.rqError),
      counter('rq_success', stats.rqSuccess),
      counter('rq_timeout', stats.rqTimeout),
      counter('rq_total', stats.rqTotal),
      { type: 'GAUGE', name: 'cx_active', value: String(stats.cxActive) },
      { type: 'GAUGE', name: 'rq_active', value: String(host.active) },
    ],
    healthStatus: {
      edsHealthStatus: { healthy: 'HEALTHY', degraded: 'DEGRADED', unhealthy: 'UNHEALTHY' }[host.health],
      ...(host.ejected ? { failedOutlierCheck: true } : {}),
    },
    weight: host.weight,
    priority: host.priority,
    hostname: host.hostname,
    locality: { region: host.locality.region, zone: host.locality.zone, subZone: host.locality.subZone },
  };
}

function breakers({ breakers: { DEFAULT, HIGH } }: Cluster): JsonObject {
  const thresholds = [DEFAULT, HIGH].map((b, i) => ({
    ...(i === 1 ? { priority: 'HIGH' } : {}),
    maxConnections: b.connections.max,
    maxPendingRequests: b.pending.max,
    maxRequests: b.requests.max,
  }));
  return { thresholds };
}

/** Envoy's /certs (envoy.admin.v3.Certificates): what the proxy has asked for so far. */
export function certificates(proxy: EnvoyProxy): JsonObject {
  const secrets = proxy.secrets.names().flatMap((name) => proxy.secrets.get(name) ?? []);
  const chains = secrets.flatMap((s) => (s.certificate ? [describe(s.certificate)] : []));
  const roots = secrets.flatMap((s) => s.roots ?? []).map((root) => ({ path: root, subjectAltNames: [] }));
  return { certificates: [{ caCert: roots, certChain: chains }] };
}

const describe = (c: Certificate): JsonObject => ({
  path: '<inline>',
  serialNumber: c.serial,
  subjectAltNames: [...c.uriSans.map((uri) => ({ uri })), ...c.dnsSans.map((dns) => ({ dns }))],
  validFrom: new Date(c.notBefore).toISOString(),
  expirationTime: new Date(Math.min(c.notAfter, 8.64e15)).toISOString(),
});
