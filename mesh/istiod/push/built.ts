import type { JsonObject } from '../../json.ts';
import type { Problem } from '../../problem.ts';
import { originOf } from '../model/config.ts';
import { edsNames } from '../xds/clusters.ts';
import type { ProxyContext } from '../xds/context.ts';
import { buildExtensions } from '../xds/extensions.ts';
import { routeNames } from '../xds/listeners.ts';
import { asked, type Origins } from '../xds/origins.ts';
import { secretNames } from '../xds/secrets.ts';
import type { Origin, XdsConfig } from '../xds/types.ts';
import { xds } from '../xds/xds.ts';
import { allParts, type Builders, type Part } from './parts.ts';
import type { ProxyChange } from './proxy-change.ts';

/** One type of configuration as it was last made. */
interface BuiltPart {
  resources: JsonObject[];
  problems: readonly Problem[];
  origins: Origins;
}

/** What one proxy was last given, and from what. Parts that did not change are the same objects as before. */
export interface Built {
  context: ProxyContext;
  /** Undefined for others than sidecars, which are made as a whole. */
  parts: Parts | undefined;
  config: XdsConfig;
}
/** Extensions are configurations that listeners fetch: they are made with them. */
type Parts = { readonly [part in Part | 'extensionConfigs']: BuiltPart };

const writtenParts = [...allParts, 'extensionConfigs'] as const;
const everything: ProxyChange = { parts: new Set(allParts), endpointsOf: () => true };

/** Makes what `change` names anew, and what follows from it: routes that new listeners ask for, endpoints of new clusters. */
export function build(context: ProxyContext, builders: Builders, from?: { before: Built; change: ProxyChange }): Built {
  const { parts: old, endpointsOf } = from?.change ?? everything;
  if (context.proxy.type !== 'sidecar') return whole(context);
  const before = from?.before.parts;
  const listeners = before && !old.has('listeners') ? before.listeners : made(context, builders.listeners);
  const kept = before?.listeners === listeners ? before : undefined;
  const extensionConfigs = kept?.extensionConfigs ?? made(context, (c) => buildExtensions(c, listeners.resources));
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
  const parts = { listeners, routes, clusters, endpoints, extensionConfigs };
  return { context, parts, config: configOf(context, parts) };
}

const whole = (context: ProxyContext): Built => ({
  context,
  parts: undefined,
  config: xds(context.snapshot, context.proxy),
});

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
  const known = new Map(before?.resources.map((assignment) => [nameOf(assignment), assignment]));
  const old = names.filter((name) => endpointsOf(hostOf(name)) || !known.has(name));
  if (before && old.length === 0 && names.length === known.size) return before;
  // Endpoints that stay keep their origins, so those of new ones are noted beside them.
  const origins = before?.origins ?? context.origins;
  const part = old.length > 0 ? made({ ...context, origins }, (c) => builders.endpoints(c, old)) : undefined;
  for (const assignment of part?.resources ?? []) known.set(nameOf(assignment), assignment);
  const resources = names.map((name) => known.get(name) ?? { clusterName: name });
  return { resources, problems: part?.problems ?? [], origins };
}

/** The same as `xds()` gives; what takes a walk over everything is done when somebody asks. */
function configOf(context: ProxyContext, parts: Parts): XdsConfig {
  let origins: Map<string, Origin> | undefined;
  let secrets: string[] | undefined;
  const config: XdsConfig = {
    listeners: parts.listeners.resources,
    routes: parts.routes.resources,
    clusters: parts.clusters.resources,
    endpoints: parts.endpoints.resources,
    extensionConfigs: parts.extensionConfigs.resources,
    get secrets() {
      secrets ??= secretNames([parts.listeners.resources, parts.clusters.resources]);
      return secrets;
    },
    get problems() {
      return [...context.snapshot.problems, ...writtenParts.flatMap((part) => parts[part].problems)];
    },
    get origins() {
      origins ??= originsOf(context, parts);
      return origins;
    },
  };
  return asked(config, (pointer) => originsWithin(context, parts, pointer));
}

/** As originsOf, of a part below one of the lists. */
function originsWithin(
  { scope: { sidecar } }: ProxyContext,
  parts: Parts,
  pointer: string,
): ReadonlyMap<string, Origin> {
  const part = writtenParts.find((name) => pointer === `/${name}` || pointer.startsWith(`/${name}/`));
  if (part === undefined) return new Map();
  const out = parts[part].origins.within({ [part]: parts[part].resources }, pointer);
  if (sidecar?.spec.egress && pointer === `/${part}`) out.set(pointer, originOf(sidecar, 'spec.egress'));
  return out;
}

function originsOf({ scope: { sidecar } }: ProxyContext, parts: Parts): Map<string, Origin> {
  const out = new Map(
    writtenParts.flatMap((part) => [...parts[part].origins.pointers({ [part]: parts[part].resources })]),
  );
  // As in xds(): what a Sidecar object leaves out is its doing.
  if (sidecar?.spec.egress) for (const part of allParts) out.set(`/${part}`, originOf(sidecar, 'spec.egress'));
  return out;
}
