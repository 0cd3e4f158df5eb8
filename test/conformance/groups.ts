import { objects, strings } from '../../mesh/json.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import { keyOf } from './statuses.ts';
import type { Table } from './table.ts';

const most = 12;
/** More at once are more Envoys than a busy machine starts in time. */
const mostGateways = 4;

/**
 * Tables that stand in the mesh at the same time, which is quicker than one after the other: no object and no host twice, and no
 * grants, changes, mesh routes or statuses of what all share. Every other table stands alone.
 */
export function groupsOf(tables: readonly Table[]): Table[][] {
  const open: Table[][] = [];
  const alone: Table[][] = [];
  for (const table of tables) {
    if (!mayStandBeside(table)) alone.push([table]);
    else {
      const own = withOwnHost(table);
      const group = open.find((g) => hasRoom(g, own) && g.every((other) => areApart(other, own)));
      if (group) group.push(own);
      else open.push([own]);
    }
  }
  return [...open, ...alone];
}

const hasRoom = (group: readonly Table[], table: Table): boolean =>
  group.length < most && [...group, table].flatMap(gatewaysOf).length <= mostGateways;

const gatewaysOf = ({ objects: all }: Table): KubeObject[] => all.filter((o) => o.kind === 'Gateway');

function mayStandBeside({ objects: all, next, statuses, requests, from }: Table): boolean {
  const own = new Set(all.map(keyOf));
  return (
    next.length === 0 &&
    from === undefined &&
    requests.every((r) => r.from === undefined) &&
    Object.keys(statuses).every((key) => own.has(key)) &&
    all.every((o) => o.kind !== 'ReferenceGrant' && parents(o).every((p) => p.kind !== 'Service'))
  );
}

const parents = ({ spec }: KubeObject) => objects(spec?.parentRefs);

function areApart(one: Table, other: Table): boolean {
  const [keys, hosts] = [new Set(one.objects.map(keyOf)), new Set(sharedHosts(one))];
  return other.objects.every((o) => !keys.has(keyOf(o))) && sharedHosts(other).every((host) => !hosts.has(host));
}

const sharedHosts = (table: Table): string[] => sharedRoutes(table).flatMap((o) => strings(o.spec?.hostnames));

/** Routes of gateways that all tables share. */
function sharedRoutes({ objects: all }: Pick<Table, 'objects'>): KubeObject[] {
  const own = new Set(all.filter((o) => o.kind === 'Gateway' || o.kind === 'ListenerSet').map((o) => o.metadata.name));
  return all.filter((o) => parents(o).some((p) => !own.has(String(p.name))));
}

/** Routes without hosts at a shared gateway get those that the table asks for, and a request without host gets one of the table's own. */
function withOwnHost(table: Table): Table {
  const open = new Set(sharedRoutes(table).filter((o) => strings(o.spec?.hostnames).length === 0));
  if (open.size === 0) return table;
  const host = `${table.name.replaceAll('/', '.')}.test`;
  const requests = table.requests.map((r) => ({ ...r, host: r.host ?? host }));
  const hostnames = [...new Set([host, ...requests.map((r) => r.host)])];
  const all = table.objects.map((o) => (open.has(o) ? { ...o, spec: { ...o.spec, hostnames } } : o));
  return { ...table, requests, objects: all };
}
