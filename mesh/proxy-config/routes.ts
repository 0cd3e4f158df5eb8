import type { JsonObject } from '../json.ts';
import { describeManagement, describeMatch } from './describe.ts';
import { type Entry, object, objects, text, texts } from './entry.ts';
import type { Row, Table, TableOptions } from './table.ts';

/** `istioctl proxy-config routes`: a line for each route (PrintRouteSummary in istioctl pkg/writer/envoy/configdump/route.go). */
export function routesTable(routes: readonly Entry[], options: TableOptions = {}): Table {
  const { verbose = true, withType = false } = options;
  const rows = [...routes].sort(byNumber).flatMap((entry) => {
    const name = `${withType ? 'route/' : ''}${text(entry.resource.name)}`;
    const hosts = objects(entry.resource.virtualHosts);
    if (!verbose) return [{ cells: [name, String(hosts.length)], at: entry.at }];
    return hosts.flatMap((host, i) =>
      hostRows(host, `${entry.at}/virtualHosts/${i}`).map((row) => ({ ...row, cells: [name, ...row.cells] })),
    );
  });
  const columns = verbose ? ['NAME', 'VHOST NAME', 'DOMAINS', 'MATCH', 'VIRTUAL SERVICE'] : ['NAME', 'VIRTUAL HOSTS'];
  return { columns, rows, padding: 5 };
}

/** Names that are port numbers in their order, before all others: of those istioctl leaves the order open. */
function byNumber(a: Entry, b: Entry): number {
  const [x, y] = [a, b].map(({ resource }) => (/^\d+$/.test(text(resource.name)) ? Number(resource.name) : Infinity));
  return x === y ? 0 : (x ?? 0) - (y ?? 0);
}

/** Routes to wherever the client wanted to go are left out; a host without routes answers 404. */
function hostRows(host: JsonObject, at: string): Row[] {
  const first = [text(host.name), describeDomains(texts(host.domains))];
  const routes = objects(host.routes);
  if (routes.length === 0) return [{ cells: [...first, '/*', '404'], at }];
  return routes.flatMap((route, i) => {
    if (object(route.route).cluster === 'PassthroughCluster') return [];
    const cells = [...first, describeMatch(object(route.match)), describeManagement(route.metadata)];
    return [{ cells, at: `${at}/routes/${i}` }];
  });
}

/** At most two domains without port and without the longer forms of a name that is there (describeRouteDomains). */
function describeDomains(domains: readonly string[]): string {
  if (domains.length <= 1) return domains.join();
  const plain = domains.filter((d) => !d.includes(':') || (d.split(':').length > 3 && d.endsWith(']')));
  const known = new Set(plain);
  const shorterIsThere = (d: string) =>
    ['.svc.cluster.local', '.svc'].some((end) => d.endsWith(end) && known.has(d.slice(0, -end.length)));
  const shown = plain.filter((d) => !shorterIsThere(d));
  const more = shown.length > 2 ? ` + ${shown.length - 2} more...` : '';
  return shown.slice(0, 2).join(', ') + more;
}
