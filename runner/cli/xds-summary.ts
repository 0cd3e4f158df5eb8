import type { XdsConfig } from '../../mesh/istiod/xds/types.ts';
import { clustersTable } from '../../mesh/proxy-config/clusters.ts';
import { endpointsTable, hostsOf } from '../../mesh/proxy-config/endpoints.ts';
import { fromXds } from '../../mesh/proxy-config/from-xds.ts';
import { listenersTable } from '../../mesh/proxy-config/listeners.ts';
import { routesTable } from '../../mesh/proxy-config/routes.ts';
import { secretNamesTable } from '../../mesh/proxy-config/secrets.ts';
import { alignedLines, fittedLines, type Table } from '../../mesh/proxy-config/table.ts';
import type { Sources } from '../lab/sources.ts';
import type { Paint } from '../report/output.ts';
import { Causes } from './xds-causes.ts';

export interface SummaryOptions {
  /** `web-v1.shop`, for the commands that would print the same in a cluster. */
  pod: string;
  paint: Paint;
  /** Columns of a terminal; undefined: the tables are exactly those of istioctl. */
  columns: number | undefined;
  /** Lines that tell the cause below each row. */
  sources: Sources | undefined;
}

/** The tables of `istioctl proxy-config`, in the order in which a request meets what they show. */
export function summaryLines(config: XdsConfig, options: SummaryOptions): string[] {
  const { listeners, routes, clusters, endpoints } = fromXds(config);
  const tables: [string, Table][] = [
    ['listeners', listenersTable(listeners)],
    ['routes', routesTable(routes)],
    ['clusters', clustersTable(clusters)],
    ['endpoints', endpointsTable(hostsOf(endpoints))],
    ['secret', secretNamesTable(config.secrets)],
  ];
  const rows = tables.flatMap(([, table]) => table.rows.map((row) => row.at));
  const causes = options.sources && new Causes(config, options.sources, rows);
  return tables.flatMap(([kind, table], i) => [
    ...(i > 0 ? [''] : []),
    options.paint('dim', `# istioctl proxy-config ${kind} ${options.pod}`),
    ...tableLines(table, { ...options, causes }),
  ]);
}

function tableLines(
  table: Table,
  { paint, columns, causes }: { paint: Paint; columns: number | undefined; causes: Causes | undefined },
): string[] {
  const [head = [], ...rows] = columns === undefined ? alignedLines(table) : fittedLines(table, columns);
  let before = '';
  return [
    ...head.map((line) => paint('bold', line)),
    ...rows.flatMap((lines, i) => {
      const told = causes?.lines(table.rows[i]?.at ?? '', columns) ?? [];
      const repeated = told.length > 1 && told.join() === before;
      before = told.join();
      return [...lines, ...(repeated ? ['    as above'] : told).map((line) => paint('dim', line))];
    }),
  ];
}
