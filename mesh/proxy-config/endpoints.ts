import type { Json, JsonObject } from '../json.ts';
import { byText, type Entry, inOrder, int, object, objects, text } from './entry.ts';
import { compareClusters } from './subset-key.ts';
import type { Table, TableOptions } from './table.ts';

/** An address that a cluster may use, as Envoy's /clusters tells it. */
export interface Host {
  address: string;
  /** 0 for what has no port. */
  port: number;
  cluster: string;
  status: string;
  failedOutlierCheck: boolean;
  at: string;
}

/** `istioctl proxy-config endpoints` (PrintEndpointsSummary in istioctl pkg/writer/envoy/clusters/clusters.go). */
export function endpointsTable(hosts: readonly Host[]): Table {
  const sorted = [...hosts].sort((a, b) =>
    inOrder(byText(a.address, b.address), a.port - b.port, byText(a.cluster, b.cluster)),
  );
  const rows = sorted.map(({ address, port, cluster, status, failedOutlierCheck, at }) => ({
    cells: [port === 0 ? address : `${address}:${port}`, status, failedOutlierCheck ? 'FAILED' : 'OK', cluster],
    at,
  }));
  return { columns: ['ENDPOINT', 'STATUS', 'OUTLIER CHECK', 'CLUSTER'], rows, padding: 5 };
}

/**
 * What Envoy would tell of assignments that it has just been given: no host is ejected yet, and what is not known to be
 * unhealthy counts as healthy (setHealthFlag in envoy source/server/admin/clusters_handler.cc). Names stay unresolved.
 */
export const hostsOf = (assignments: readonly Entry[]): Host[] =>
  assignments.flatMap((entry) =>
    lbEndpoints(entry).map(({ resource, at }) => {
      const given = text(resource.healthStatus) || 'UNKNOWN';
      const status = given === 'DEGRADED' ? given : ['UNKNOWN', 'HEALTHY'].includes(given) ? 'HEALTHY' : 'UNHEALTHY';
      const address = object(object(resource.endpoint).address);
      return { ...place(address), cluster: text(entry.resource.clusterName), status, failedOutlierCheck: false, at };
    }),
  );

/** Hosts of Envoy's /clusters?format=json after camelCase. */
export const hostsOfStatus = (status: JsonObject): Host[] =>
  objects(status.clusterStatuses).flatMap((cluster, i) =>
    objects(cluster.hostStatuses).map((host, j) => {
      const health = object(host.healthStatus);
      return {
        ...place(object(host.address)),
        cluster: text(cluster.name),
        status: text(health.edsHealthStatus) || 'UNKNOWN',
        failedOutlierCheck: health.failedOutlierCheck === true,
        at: `/clusterStatuses/${i}/hostStatuses/${j}`,
      };
    }),
  );

function place({ socketAddress, pipe, envoyInternalAddress }: JsonObject): { address: string; port: number } {
  if (socketAddress !== undefined) {
    const { address, portValue } = object(socketAddress);
    return { address: text(address), port: int(portValue) };
  }
  if (pipe !== undefined) return { address: `unix://${text(object(pipe).path)}`, port: 0 };
  return { address: internal(envoyInternalAddress) ?? 'unknown', port: 0 };
}

function internal(address: Json | undefined): string | undefined {
  const { serverListenerName, endpointId } = object(address);
  return serverListenerName === undefined ? undefined : `envoy://${text(serverListenerName)}/${text(endpointId)}`;
}

function lbEndpoints({ resource, at }: Entry): (Entry & { locality: JsonObject })[] {
  return objects(resource.endpoints).flatMap((group, i) =>
    objects(group.lbEndpoints).map((endpoint, j) => ({
      resource: endpoint,
      at: `${at}/endpoints/${i}/lbEndpoints/${j}`,
      locality: object(group.locality),
    })),
  );
}

/** Endpoints with their locality, as in `proxy-config all` and of a file (istioctl pkg/writer/envoy/configdump/endpoint.go). */
export function endpointLocalitiesTable(assignments: readonly Entry[], { withType = false }: TableOptions = {}): Table {
  const sorted = [...assignments].sort((a, b) =>
    compareClusters(text(a.resource.clusterName), text(b.resource.clusterName)),
  );
  const rows = sorted.flatMap((entry) =>
    lbEndpoints(entry).map(({ resource, at, locality }) => {
      const { address, additionalAddresses } = object(resource.endpoint);
      const all = [object(address), ...objects(additionalAddresses).map((more) => object(more.address))];
      const name = `${withType ? 'endpoint/' : ''}${all.map(nameOf).join()}`;
      const status = text(resource.healthStatus) || 'UNKNOWN';
      return { cells: [name, status, describeLocality(locality), text(entry.resource.clusterName)], at };
    }),
  );
  return { columns: ['NAME', 'STATUS', 'LOCALITY', 'CLUSTER'], rows, padding: 5 };
}

function nameOf(address: JsonObject): string {
  if (address.pipe !== undefined) return text(object(address.pipe).path);
  const { address: host, port } = place(address);
  return address.socketAddress === undefined ? host : `${host}:${port}`;
}

/** The narrower parts count only below the wider ones. */
function describeLocality(locality: JsonObject): string {
  const parts = [text(locality.region), text(locality.zone), text(locality.subZone)];
  const end = parts.indexOf('', 1);
  return (end < 0 ? parts : parts.slice(0, end)).join('/');
}
