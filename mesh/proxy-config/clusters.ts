import { describeManagement } from './describe.ts';
import { type Entry, text } from './entry.ts';
import { compareClusters, subsetKey } from './subset-key.ts';
import type { Table, TableOptions } from './table.ts';

/** `istioctl proxy-config clusters` (PrintClusterSummary in istioctl pkg/writer/envoy/configdump/cluster.go). */
export function clustersTable(clusters: readonly Entry[], { withType = false }: TableOptions = {}): Table {
  const rows = [...clusters]
    .sort((a, b) => compareClusters(text(a.resource.name), text(b.resource.name)))
    .map(({ resource, at }) => {
      const name = text(resource.name);
      const typed = `${withType ? 'cluster/' : ''}${name}`;
      const key = subsetKey(name);
      const parts = key ? [key.host, String(key.port), key.subset || '-', key.direction] : [typed, '-', '-', '-'];
      // A cluster without a type of Envoy's own is printed as the first of them, as by protobuf.
      const last = [text(resource.type) || 'STATIC', describeManagement(resource.metadata)];
      return { cells: [...(withType ? [typed] : []), ...parts, ...last], at };
    });
  const columns = ['SERVICE FQDN', 'PORT', 'SUBSET', 'DIRECTION', 'TYPE', 'DESTINATION RULE'];
  return { columns: withType ? ['NAME', ...columns] : columns, rows, padding: 5 };
}
