import type { JsonObject } from '../../json.ts';
import type { Problem } from '../../problem.ts';
import type { Proxy as MeshProxy } from '../proxy.ts';
import { assemble, type BuiltPart, type Parts } from './assemble.ts';
import { allParts, type Builders, istiodBuilders, type Part } from './builders.ts';
import { edsNames } from './clusters.ts';
import type { ProxyContext } from './context.ts';
import { buildExtensions } from './extensions.ts';
import { routeNames } from './listeners.ts';
import type { XdsConfig } from './types.ts';

/** What one proxy was last given, and from what. Parts that did not change are the same objects as before. */
export interface Built {
  context: ProxyContext;
  /** Undefined for proxies that nothing is made for. */
  parts: Parts | undefined;
  config: XdsConfig;
}

/** What has to be built anew for one proxy. */
export interface ProxyChange {
  parts: ReadonlySet<Part>;
  /** Whether endpoints of this host are among it. */
  endpointsOf(host: string): boolean;
}

export interface BuildOptions {
  builders?: Builders;
  /** What there was, and what of it is old; absent: everything is made. */
  from?: { before: Built; change: ProxyChange };
}

/** Makes what `from.change` names anew, and what follows from it: routes that new listeners ask for, endpoints of new clusters. */
export function build(context: ProxyContext, { builders = istiodBuilders, from }: BuildOptions = {}): Built {
  const { type } = context.proxy;
  if (type !== 'sidecar' && type !== 'router') return { context, parts: undefined, config: unsupported(context.proxy) };
  // What a change makes old is known of sidecars only: others are made as a whole.
  const parts = partsOf(context, builders, type === 'sidecar' ? from : undefined);
  return { context, parts, config: assemble(context, parts) };
}

const everything: ProxyChange = { parts: new Set(allParts), endpointsOf: () => true };

function partsOf(context: ProxyContext, builders: Builders, from: BuildOptions['from']): Parts {
  const { parts: old, endpointsOf } = from?.change ?? everything;
  const before = from?.before.parts;
  const listeners = before && !old.has('listeners') ? before.listeners : made(context, builders.listeners);
  const kept = before?.listeners === listeners ? before : undefined;
  const names = kept ? namesOf(kept.routes.resources) : routeNames(listeners.resources);
  const routes =
    before && !old.has('routes') && same(names, namesOf(before.routes.resources))
      ? before.routes
      : made(context, (c) => builders.routes(c, names));
  const clusters = before && !old.has('clusters') ? before.clusters : made(context, builders.clusters);
  const unchanged = before?.clusters === clusters;
  const endpoints =
    before && unchanged && !old.has('endpoints')
      ? before.endpoints
      : endpointsPart(context, builders, {
          names: before && unchanged ? before.endpoints.resources.map(nameOf) : edsNames(clusters.resources),
          before: before?.endpoints,
          endpointsOf,
        });
  const extensionConfigs = kept?.extensionConfigs ?? made(context, (c) => buildExtensions(c, listeners.resources));
  return { listeners, routes, clusters, endpoints, extensionConfigs };
}

/** Each part keeps its own problems, so that they go when it is made anew. */
function made(context: ProxyContext, make: (context: ProxyContext) => JsonObject[]): BuiltPart {
  const problems: Problem[] = [];
  return { resources: make({ ...context, problems }), problems, origins: context.origins };
}

const namesOf = (resources: readonly JsonObject[]): string[] => resources.map((r) => String(r.name));
const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, i) => name === b[i]);

const nameOf = (assignment: JsonObject): string => String(assignment.clusterName);
/** `outbound|80|v1|catalog.shop.svc.cluster.local` */
const hostOf = (cluster: string): string => cluster.slice(cluster.lastIndexOf('|') + 1);

interface Endpoints {
  /** Of the clusters that there are now, sorted. */
  names: readonly string[];
  before: BuiltPart | undefined;
  endpointsOf(host: string): boolean;
}

/** Endpoints of new clusters and of hosts that changed; the others stay. */
function endpointsPart(
  context: ProxyContext,
  builders: Builders,
  { names, before, endpointsOf }: Endpoints,
): BuiltPart {
  if (!before) return made(context, (c) => builders.endpoints(c, names));
  const known = new Map(before.resources.map((assignment) => [nameOf(assignment), assignment]));
  const old = names.filter((name) => endpointsOf(hostOf(name)) || !known.has(name));
  if (old.length === 0 && names.length === known.size) return before;
  // Endpoints that stay keep their origins, so those of new ones are noted beside them.
  const { origins } = before;
  const part = old.length > 0 ? made({ ...context, origins }, (c) => builders.endpoints(c, old)) : undefined;
  for (const assignment of part?.resources ?? []) known.set(nameOf(assignment), assignment);
  const resources = names.map((name) => known.get(name) ?? { clusterName: name });
  return { resources, problems: part?.problems ?? [], origins };
}

const unsupported = (proxy: MeshProxy): XdsConfig => ({
  listeners: [],
  routes: [],
  clusters: [],
  endpoints: [],
  secrets: [],
  extensionConfigs: [],
  problems: [
    {
      what: `${proxy.name}.${proxy.namespace}: configuration for a ${proxy.type} is not made yet`,
      fix: 'ask for a sidecar or a gateway',
    },
  ],
  origins: new Map(),
});
