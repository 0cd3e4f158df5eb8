/** Compares configurations of proxies field by field, by the rules of the yardstick: each leaf value is one path. */
type Tree = unknown;

const isRecord = (x: unknown): x is { [key: string]: unknown } =>
  typeof x === 'object' && x !== null && !Array.isArray(x);

/** JSON with sorted keys. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_, v) =>
    isRecord(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v,
  );
}

type Key = (item: { [key: string]: unknown }, top: boolean) => unknown;
const byName: Key = (x) => x.name;

/** How the items of a list are told apart, by the field that holds the list; others by position. */
const keys: { [field: string]: Key } = {
  listeners: byName,
  clusters: byName,
  extensionConfigs: byName,
  virtualHosts: byName,
  filters: byName,
  httpFilters: byName,
  listenerFilters: byName,
  transportSocketMatches: byName,
  routes: (x, top) => (top ? x.name : undefined),
  endpoints: (x, top) => (top ? x.clusterName : undefined),
  filterChains: (x) => `${x.name ?? ''}${stable(x.filterChainMatch ?? {})}`,
  localityLbEndpoints: (x) => stable({ l: x.locality, p: x.priority }),
  lbEndpoints: (x) => stable((isRecord(x.endpoint) ? x.endpoint.address : undefined) ?? x),
};
/** Lists whose order is part of the meaning although their items have names. */
const ordered = new Set(['filters', 'httpFilters', 'listenerFilters']);

/** Paths → values of a configuration. */
export function leaves(config: Tree): Map<string, string> {
  const out = new Map<string, string>();
  visit(config, { path: '', field: '', depth: -1 }, out);
  return out;
}

interface At {
  path: string;
  field: string;
  depth: number;
}

function visit(value: Tree, at: At, out: Map<string, string>): void {
  if (Array.isArray(value)) visitList(value, at, out);
  else if (isRecord(value)) {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined);
    if (entries.length === 0) out.set(at.path, '{}');
    for (const [field, item] of entries) visit(item, { path: `${at.path}.${field}`, field, depth: at.depth }, out);
  } else out.set(at.path, String(value));
}

function visitList(list: readonly unknown[], at: At, out: Map<string, string>): void {
  const seen = new Map<unknown, number>();
  for (const [i, item] of list.entries()) {
    const named = isRecord(item) ? keys[at.field]?.(item, at.depth < 0) : at.field === 'domains' ? item : undefined;
    const key = named ?? i;
    const n = seen.get(key) ?? 0;
    seen.set(key, n + 1);
    visit(item, { path: `${at.path}[${n > 0 ? `${key}#${n}` : key}]`, field: '', depth: at.depth + 1 }, out);
  }
  if (ordered.has(at.field)) out.set(`${at.path}<order>`, list.map((x) => (isRecord(x) ? x.name : x)).join(','));
  if (list.length === 0) out.set(at.path, '[]');
}

/** Differences, one line each: `! path: want, got`, `- path` missing, `+ path` unexpected. Empty means equal. */
export function xdsDiff(want: Tree, got: Tree): string[] {
  const [a, b] = [leaves(want), leaves(got)];
  const diffs: string[] = [];
  for (const [path, value] of a)
    if (!b.has(path)) diffs.push(`- ${path} = ${value}`);
    else if (b.get(path) !== value) diffs.push(`! ${path}: want ${value}, got ${b.get(path)}`);
  for (const [path, value] of b) if (!a.has(path)) diffs.push(`+ ${path} = ${value}`);
  return diffs;
}
