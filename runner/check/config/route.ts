import type { JsonObject } from '../../../mesh/json.ts';
import type { ConfigFacts } from '../../lab/schema/facts.ts';
import { deep, field, list, routeConfigs, text } from './dump.ts';
import type { ConfigFact } from './fact.ts';

type RouteFacts = NonNullable<ConfigFacts['route']>;

export const route: ConfigFact<RouteFacts> = {
  name: 'route',
  describe: ({ host, port, weights, cluster }) =>
    [
      `route of ${host}${port ? `:${port}` : ''}`,
      weights && `weights ${weightText(weights)}`,
      cluster && `to ${cluster}`,
    ]
      .filter(Boolean)
      .join(', '),
  faults: (proxy, facts) => {
    const hosts = routeConfigs(proxy).flatMap((config) =>
      list(config, 'virtualHosts').filter((vh) => serves(vh, config, facts)),
    );
    if (hosts.length === 0) return [`no virtual host has the domain ${facts.host}`];
    return hosts.flatMap((vh) => {
      const destinations = firstDestinations(vh);
      return [...weightFaults(destinations, facts), ...clusterFaults(destinations, facts)];
    });
  },
};

/** Whether a virtual host answers for the host; the port stands in a domain (`customers:80`) or is the name of the RDS resource. */
function serves(virtualHost: unknown, config: JsonObject, { host, port }: RouteFacts): boolean {
  const domains = list(virtualHost, 'domains');
  if (port === undefined) return domains.includes(host);
  return domains.includes(`${host}:${port}`) || (domains.includes(host) && text(config, 'name') === String(port));
}

interface Destination {
  cluster: string;
  weight: number;
}

function firstDestinations(virtualHost: unknown): Destination[] {
  const action = deep(list(virtualHost, 'routes')[0], 'route');
  const single = text(action, 'cluster');
  if (single) return [{ cluster: single, weight: 1 }];
  return list(field(action, 'weightedClusters'), 'clusters').map((entry) => ({
    cluster: text(entry, 'name'),
    weight: Number(field(entry, 'weight') ?? 0),
  }));
}

/**
 * Whether a cluster is what a weight names: its subset, its full name, or its service — also without the host in front
 * (`v1` for customers-v1), because an HTTPRoute splits between services where a VirtualService splits between subsets.
 */
function isNamed(cluster: string, name: string, host: string): boolean {
  const [, , subset = '', service = ''] = cluster.split('|');
  const short = service.split('.')[0];
  return [cluster, subset, short].includes(name) || (subset === '' && short === `${host.split('.')[0]}-${name}`);
}

function weightFaults(destinations: Destination[], { host, weights }: RouteFacts): string[] {
  if (!weights) return [];
  const total = destinations.reduce((sum, d) => sum + d.weight, 0);
  const expectedTotal = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const rest = destinations.filter(
    (d) => d.weight > 0 && !Object.keys(weights).some((n) => isNamed(d.cluster, n, host)),
  );
  const right = Object.entries(weights).every(([name, weight]) => {
    const found = destinations.filter((d) => isNamed(d.cluster, name, host)).reduce((sum, d) => sum + d.weight, 0);
    // Integers on both sides: compared by cross-multiplication, so that 7/3 equals 70/30 exactly.
    return found * expectedTotal === weight * total;
  });
  const held = destinations.map((d) => `${d.cluster} ${d.weight}`).join(', ');
  return right && rest.length === 0 && total > 0 ? [] : [`${host} goes to ${held || 'no cluster'}`];
}

function clusterFaults(destinations: Destination[], { host, cluster }: RouteFacts): string[] {
  if (!cluster || (destinations.length === 1 && destinations[0]?.cluster === cluster)) return [];
  return [`${host} goes to ${destinations.map((d) => d.cluster).join(', ') || 'no cluster'}`];
}

const weightText = (weights: { [name: string]: number }) =>
  Object.entries(weights)
    .map(([name, weight]) => `${name} ${weight}`)
    .join(', ');
