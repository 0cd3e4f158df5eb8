import type { Problem } from '../../problem.ts';
import { type Config, key, keyOf } from '../model/config.ts';
import type { HttpMatch, HttpRoute, StringMatch, VirtualService } from '../model/virtual-service.ts';
import type { Intake } from './read.ts';

export interface Delegate {
  config: Config<VirtualService>;
  exportTo: ReadonlySet<string>;
}

/** Replaces routes that delegate by the merged routes of their delegates (mergeVirtualServices in istio pilot/pkg/model). */
export function mergeDelegates(
  root: Config<VirtualService>,
  delegates: ReadonlyMap<string, Delegate>,
  intake: Intake,
): Config<VirtualService> {
  const routes = root.spec.http ?? [];
  if (!routes.some((r) => r.delegate)) return root;
  const http = routes.flatMap((route) => {
    if (!route.delegate) return [route];
    const name = key(route.delegate.namespace || root.namespace, route.delegate.name ?? '');
    const found = delegates.get(name);
    const visible = found && (found.exportTo.has('*') || found.exportTo.has(root.namespace));
    if (!found || !visible) {
      intake.problems.push(unresolved(root, name, found !== undefined));
      return [];
    }
    return (found.config.spec.http ?? []).flatMap((own) => mergeRoute(route, own, intake) ?? []);
  });
  const spec = { ...root.spec, http };
  const origin = intake.provenance.get(root.spec);
  if (origin) intake.provenance.set(spec, origin);
  return { ...root, spec };
}

const unresolved = (root: Config<VirtualService>, name: string, hidden: boolean): Problem => ({
  what: `VirtualService ${keyOf(root)} delegates to ${name}, which ${hidden ? 'is not exported to its namespace' : 'does not exist'}; the route is left out`,
  where: { object: `VirtualService ${keyOf(root)}` },
  fix: hidden ? `export ${name} to ${root.namespace}` : `create ${name} without hosts, or correct the name`,
});

/** What the delegate leaves open comes from the root; undefined when their matches exclude each other. */
function mergeRoute(root: HttpRoute, own: HttpRoute, intake: Intake): HttpRoute | undefined {
  const match = mergeMatches(root.match ?? [], own.match ?? [], intake);
  if (!match) return undefined;
  const { delegate: _, ...inherited } = root;
  const merged: HttpRoute = {
    ...own,
    match,
    name: own.name && root.name ? `${root.name}-${own.name}` : own.name || root.name,
  };
  const fields = inheritable.filter((field) => merged[field] === undefined && inherited[field] !== undefined);
  for (const field of fields) Object.assign(merged, { [field]: inherited[field] });
  if (fields.length > 0) merged.inherited = { from: root, fields };
  const origin = intake.provenance.get(own);
  if (origin) intake.provenance.set(merged, origin);
  return merged;
}

const inheritable = [
  'rewrite',
  'directResponse',
  'timeout',
  'retries',
  'fault',
  'mirror',
  'mirrorPercent',
  'mirrorPercentage',
  'corsPolicy',
  'mirrors',
  'headers',
] as const;

function mergeMatches(root: HttpMatch[], own: HttpMatch[], intake: Intake): HttpMatch[] | undefined {
  if (root.length === 0) return own;
  if (own.length === 0) return root;
  const out: HttpMatch[] = [];
  for (const leaf of own) {
    const found = root.filter((r) => !conflicts(r, leaf));
    if (found.length === 0) return undefined;
    for (const r of found) out.push(mergeMatch(r, leaf, intake));
  }
  return out;
}

function mergeMatch(root: HttpMatch, leaf: HttpMatch, intake: Intake): HttpMatch {
  const both = <T>(a: { [k: string]: T } | undefined, b: { [k: string]: T } | undefined) =>
    a || b ? { ...a, ...b } : undefined;
  const merged: HttpMatch = {
    ...leaf,
    name: leaf.name && root.name ? `${root.name}-${leaf.name}` : leaf.name || root.name,
    uri: leaf.uri ?? root.uri,
    scheme: leaf.scheme ?? root.scheme,
    method: leaf.method ?? root.method,
    authority: leaf.authority ?? root.authority,
    headers: both(root.headers, leaf.headers),
    withoutHeaders: both(root.withoutHeaders, leaf.withoutHeaders),
    queryParams: both(root.queryParams, leaf.queryParams),
    port: leaf.port || root.port,
    sourceLabels: both(root.sourceLabels, leaf.sourceLabels),
    sourceNamespace: leaf.sourceNamespace || root.sourceNamespace,
    gateways: leaf.gateways?.length ? leaf.gateways : root.gateways,
    statPrefix: leaf.statPrefix || root.statPrefix,
  };
  const origin = intake.provenance.get(leaf);
  if (origin) intake.provenance.set(merged, origin);
  return merged;
}

/** hasConflict in istio pilot/pkg/model/virtualservice.go: a delegate may only narrow what its root matches. */
function conflicts(root: HttpMatch, leaf: HttpMatch): boolean {
  const fields = ['uri', 'scheme', 'method', 'authority'] as const;
  if (fields.some((f) => stringConflict(root[f], leaf[f]))) return true;
  for (const maps of ['headers', 'withoutHeaders', 'queryParams'] as const)
    for (const [name, match] of Object.entries(leaf[maps] ?? {}))
      if (stringConflict(root[maps]?.[name], match)) return true;
  if (!!root.ignoreUriCase !== !!leaf.ignoreUriCase) return true;
  if (root.port && leaf.port && root.port !== leaf.port) return true;
  if (root.sourceNamespace && leaf.sourceNamespace !== root.sourceNamespace) return true;
  for (const [name, value] of Object.entries(leaf.sourceLabels ?? {})) {
    const own = root.sourceLabels?.[name];
    if (own !== undefined && own !== value) return true;
  }
  const gateways = root.gateways ?? [];
  return gateways.length > 0 && (leaf.gateways ?? []).some((g) => !gateways.includes(g));
}

function stringConflict(root: StringMatch | undefined, leaf: StringMatch | undefined): boolean {
  if (!root || !leaf) return false;
  const any = (m: StringMatch) => !!(m.regex || m.prefix || m.exact);
  if ((root.regex && any(leaf)) || (leaf.regex && any(root))) return true;
  if (root.exact) return !!leaf.prefix || leaf.exact !== root.exact;
  if (root.prefix && leaf.prefix) return !leaf.prefix.startsWith(root.prefix);
  if (root.prefix && leaf.exact) return !leaf.exact.startsWith(root.prefix);
  return true;
}
