import { byCreation, type Config, compareText, originOf } from '../../model/config.ts';
import type { ParentRef } from '../../model/gateway-route.ts';
import type { HttpRoute, VirtualServiceConfig } from '../../model/virtual-service.ts';
import type { Origin } from '../../xds/types.ts';
import type { Intake } from '../read.ts';
import type { Converted, RouteInput } from './backend.ts';
import { byRank } from './http-rule.ts';
import { type Attachment, effective, isOwnHost } from './parents.ts';
import type { RouteReading, RouteResult } from './route-result.ts';
import { translated } from './translated.ts';

/** A VirtualService that is merged with others of its key: routes of one gateway and host rank together. */
export interface Keyed {
  key: string;
  config: VirtualServiceConfig;
}

export interface HttpRule {
  backendRefs?: object[];
}
interface Reading<Rule> extends RouteReading {
  result: RouteResult;
  convert: (rule: Rule, name: string, input: RouteInput) => Converted<HttpRoute[]>;
}

/** HTTPRoutes and GRPCRoutes: one VirtualService for each parent and host. Fills in the errors of `result`. */
export function httpVirtualServices<Rule extends HttpRule>(
  route: Config<{ parentRefs?: ParentRef[]; hostnames?: string[]; rules?: Rule[] }>,
  reading: Reading<Rule>,
): Keyed[] {
  const { result, world, intake } = reading;
  const kinds = { mesh: result.attachments.some((a) => a.mesh), gateway: result.attachments.some((a) => !a.mesh) };
  const routes = {
    mesh: kinds.mesh ? convertRules(route, reading, true) : [],
    gateway: kinds.gateway ? convertRules(route, reading, false) : [],
  };
  return effective(result.attachments).flatMap((attachment) => {
    const rules = routes[attachment.mesh ? 'mesh' : 'gateway'];
    if (rules.length === 0) return [];
    const { port } = attachment.ref;
    const http = attachment.mesh && port !== undefined ? rules.map((r) => onPort(r, port, intake)) : rules;
    return hostsOf(attachment, route.spec.hostnames).map((host) => {
      const spec = { hosts: [host], gateways: [attachment.internalName], http: [...http].sort(byRank) };
      // Hosts of the mesh are those of the parents, and so are those of a route without its own.
      const own = !attachment.mesh && route.spec.hostnames?.length;
      intake.provenance.set(spec, originOf(route, own ? 'spec.hostnames' : 'spec.parentRefs'));
      const key = `${keyOfParent(attachment, route.namespace)}/${host}`;
      return { key, config: translated(route, { name: key.replaceAll('/', '~'), spec }, world) };
    });
  });
}

const hostsOf = (attachment: Attachment, hostnames: readonly string[] | undefined): string[] =>
  (attachment.mesh ? [...attachment.hosts] : hostnames?.length ? [...hostnames] : ['*']).filter((host) =>
    isOwnHost(attachment, host),
  );

const keyOfParent = ({ mesh, ref, internalName }: Attachment, namespace: string): string =>
  mesh ? `${namespace}${ref.port === undefined ? '' : `/${ref.port}`}` : internalName;

/** Rules in the terms of the mesh or of gateways; a rule that cannot be translated drops all (computeRoute). */
function convertRules<Rule extends HttpRule>(
  route: Config<{ rules?: Rule[] }>,
  { world, intake, convert, result }: Reading<Rule>,
  mesh: boolean,
): HttpRoute[] {
  const side = mesh ? 'mesh' : 'gateway';
  const input = { kind: route.kind, namespace: route.namespace, world, mesh };
  const routes: HttpRoute[] = [];
  // An HTTPRoute without rules gets one from its CRD; it has no backends, so requests of its hosts are answered 500.
  const rules = route.spec.rules ?? (route.kind === 'HTTPRoute' ? [{} as Rule] : []);
  for (const [i, rule] of rules.entries()) {
    const { value, error } = convert(rule, `${route.namespace}.${route.name}.${i}`, input);
    result.errors[side] = error ?? result.errors[side];
    if (!value) return [];
    for (const one of value) noteOrigin(one, originOf(route, `spec.rules[${i}]`), intake);
    routes.push(...value);
  }
  return routes;
}

function noteOrigin(route: HttpRoute, origin: Origin, { provenance }: Intake): void {
  provenance.set(route, origin);
  for (const [i, leg] of (route.route ?? []).entries())
    provenance.set(leg, { ...origin, field: `${origin.field}.backendRefs[${i}]` });
  for (const mirror of route.mirrors ?? []) provenance.set(mirror, { ...origin, field: `${origin.field}.filters` });
}

/** augmentPortMatch: a copy that holds for one port of the parent. */
function onPort(route: HttpRoute, port: number, { provenance }: Intake): HttpRoute {
  const match = route.match?.length ? route.match.map((m) => ({ ...m, port })) : [{ port }];
  const copy = { ...route, match };
  const origin = provenance.get(route);
  if (origin) provenance.set(copy, origin);
  return copy;
}

/** mergeHTTPRoutes: all routes of one key are ranked together; of equal rank the oldest object's go first. */
export function mergedByKey(all: readonly Keyed[], { provenance }: Intake): VirtualServiceConfig[] {
  const byKey = new Map<string, VirtualServiceConfig[]>();
  for (const { key, config } of all) byKey.set(key, [...(byKey.get(key) ?? []), config]);
  return [...byKey.values()].flatMap((same) => {
    const [first, ...more] = [...same].sort(
      (a, b) => a.created - b.created || compareText(a.namespace, b.namespace) || byCreation(a, b),
    );
    if (!first) return [];
    if (more.length === 0) return [first];
    const http = [first, ...more].flatMap((c) => c.spec.http ?? []).sort(byRank);
    const spec = { ...first.spec, http };
    const origin = provenance.get(first.spec);
    if (origin) provenance.set(spec, origin);
    return [{ ...first, spec }];
  });
}
