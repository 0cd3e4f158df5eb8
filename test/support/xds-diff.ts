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

/** What a leaf decides; all but cosmetic is behaviour. */
export type Category = 'matching' | 'routing' | 'policy' | 'identity' | 'balancing' | 'ambient' | 'cosmetic';

/** The first rule that fits names the category. */
const categories: readonly [Category, (path: string) => boolean][] = [
  ['ambient', (p) => /^\.(addresses|authorizations)/.test(p)],
  [
    'cosmetic',
    (p) => /\.(statPrefix|altStatName|decorator|metadata|accessLog|tracing)\b/.test(p) && !p.startsWith('.endpoints'),
  ],
  ['identity', (p) => /transportSocket|commonTlsContext|requireClientCertificate/.test(p)],
  [
    'policy',
    (p) =>
      /^\.extensionConfigs|typedPerFilterConfig|httpFilters\[.*\]\.(typedConfig|configDiscovery)/.test(p) ||
      /filters\[envoy\.filters\.network\.(?!http_connection_manager|tcp_proxy)/.test(p),
  ],
  [
    'routing',
    (p) => /^\.routes|\.routeConfig\.|\.rds\.|weightedClusters|tcp_proxy\]\.typedConfig\.(cluster|hashPolicy)/.test(p),
  ],
  ['balancing', (p) => /^\.(clusters|endpoints)/.test(p)],
];
export const categoryOf = (path: string): Category => categories.find(([, fits]) => fits(path))?.[0] ?? 'matching';

/** One leaf that is not as wanted; without `want` it is unexpected, without `got` missing. */
export interface Difference {
  path: string;
  category: Category;
  want?: string;
  got?: string;
}

export function differences(want: Tree, got: Tree): Difference[] {
  const [a, b] = [leaves(want), leaves(got)];
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((path) => a.get(path) !== b.get(path))
    .map((path) => ({ path, category: categoryOf(path), want: a.get(path), got: b.get(path) }));
}

/** `! path: want, got`; `- path` missing; `+ path` unexpected. */
export const lineOf = ({ path, want, got }: Difference): string =>
  got === undefined
    ? `- ${path} = ${want}`
    : want === undefined
      ? `+ ${path} = ${got}`
      : `! ${path}: want ${want}, got ${got}`;
