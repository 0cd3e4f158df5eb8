import type { Json } from '../../../mesh/json.ts';
import type { ConfigFacts } from '../../lab/schema/facts.ts';
import { rangeText, within } from '../equal.ts';
import { deep, field, list, text } from './dump.ts';
import type { ConfigFact } from './fact.ts';

type EndpointFacts = NonNullable<ConfigFacts['endpoints']>;

export const endpoints: ConfigFact<EndpointFacts> = {
  name: 'endpoints',
  describe: ({ cluster, count, healthy }) =>
    [`endpoints of ${cluster}`, count && rangeText(count), healthy && `healthy ${rangeText(healthy)}`]
      .filter(Boolean)
      .join(', '),
  faults: (proxy, { cluster, count, healthy }) => {
    const status = list(proxy.clusters, 'clusterStatuses').find((c) => text(c, 'name') === cluster);
    if (!status) return [`it has no cluster ${cluster}`];
    const hosts = list(status, 'hostStatuses');
    const well = hosts.filter(isHealthy).length;
    return [
      ...(count && !within(hosts.length, count) ? [`${cluster} has ${hosts.length} endpoints`] : []),
      ...(healthy && !within(well, healthy) ? [`${cluster} has ${well} healthy of ${hosts.length} endpoints`] : []),
    ];
  },
};

/** Healthy by EDS and by no failed check; an ejected host is one that failed the outlier check (admin/v3/clusters.proto). */
function isHealthy(host: Json): boolean {
  const health = field(host, 'healthStatus');
  const eds = text(health, 'edsHealthStatus');
  const failed = ['failedOutlierCheck', 'failedActiveHealthCheck', 'pendingDynamicRemoval'];
  return ['', 'UNKNOWN', 'HEALTHY'].includes(eds) && !failed.some((name) => deep(health, name) === true);
}
