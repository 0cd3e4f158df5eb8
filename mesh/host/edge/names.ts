import type { DnsAnswer } from '../../kube/cluster-dns.ts';
import type { Edge } from './edge.ts';

const zone = 'edge.mesh-labs';

/** The name under which the run's DNS tells, as SRV, where on 127.0.0.1 a port of a Service is. */
export const edgeName = ({ service, namespace, port }: { service: string; namespace: string; port: number }): string =>
  `_${port}.${service}.${namespace}.${zone}`;

/** No record while nothing serves the port; undefined for a name of another kind. */
export function edgeAnswer(edge: Pick<Edge, 'ports'>, name: string): DnsAnswer | undefined {
  if (!name.endsWith(`.${zone}`)) return undefined;
  const srv = edge
    .ports()
    .filter((port) => edgeName(port) === name)
    .map(({ local }) => ({ port: local, target: 'localhost' }));
  return { ipv4: [], ipv6: [], srv };
}
