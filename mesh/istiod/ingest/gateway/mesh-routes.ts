import type { KubeObject } from '../../../kube/objects.ts';
import { byCreation, type Config, originOf } from '../../model/config.ts';
import {
  type GatewayL4Route,
  gatewayGrpcRoute,
  gatewayHttpRoute,
  gatewayL4Route,
  type ParentRef,
} from '../../model/gateway-route.ts';
import { hostMatches } from '../../model/host.ts';
import type { HttpRoute, RouteDestination, VirtualService, VirtualServiceConfig } from '../../model/virtual-service.ts';
import { describe, type Intake, readConfig } from '../read.ts';
import { destinations, hasBackends, type RouteInput } from './backend.ts';
import { byRank, grpcRoutes, httpRoutes } from './http-rule.ts';

export interface RouteObjects {
  http: readonly KubeObject[];
  grpc: readonly KubeObject[];
  tcp: readonly KubeObject[];
  tls: readonly KubeObject[];
}

/** What routes may name. */
export interface RouteWorld {
  /** Hosts of a Service or ServiceEntry in a namespace; undefined when there is none. */
  hostsOf: (kind: 'Service' | 'ServiceEntry', namespace: string, name: string) => readonly string[] | undefined;
  knows: RouteInput['knows'];
  exportTo: readonly string[];
}

/**
 * Routes whose parents are Services, as VirtualServices of the mesh (HTTPRouteCollection and its siblings in istio
 * pilot/pkg/config/kube/gateway/route_collections.go). Those of Gateways are for gateways.
 */
export function meshRoutes(objects: RouteObjects, world: RouteWorld, intake: Intake): VirtualServiceConfig[] {
  const read = { world, intake };
  const http = [
    ...objects.http.flatMap((o) =>
      httpParents(readConfig(o, gatewayHttpRoute, intake), { ...read, convert: httpRoutes }),
    ),
    ...objects.grpc.flatMap((o) =>
      httpParents(readConfig(o, gatewayGrpcRoute, intake), { ...read, convert: grpcRoutes }),
    ),
  ];
  return [
    ...merged(http, intake),
    ...objects.tcp.flatMap((o) => l4Parents(readConfig(o, gatewayL4Route, intake), 'tcp', read)),
    ...objects.tls.flatMap((o) => l4Parents(readConfig(o, gatewayL4Route, intake), 'tls', read)),
  ];
}

interface Reading {
  world: RouteWorld;
  intake: Intake;
}

type AnyRoute = Config<{ parentRefs?: ParentRef[] }>;
interface MeshParent {
  ref: ParentRef;
  hosts: readonly string[];
}

/** Parents of the mesh that exist. */
const parentsOf = (route: AnyRoute, { world }: Reading): MeshParent[] =>
  (route.spec.parentRefs ?? []).flatMap((ref) => {
    const { kind = 'Gateway', group = 'gateway.networking.k8s.io', namespace = route.namespace, name = '' } = ref;
    const known =
      (kind === 'Service' && (group === '' || group === 'core')) ||
      (kind === 'ServiceEntry' && group === 'networking.istio.io');
    const hosts = known ? world.hostsOf(kind, namespace, name) : undefined;
    return hosts ? [{ ref, hosts }] : [];
  });

const inputOf = (route: AnyRoute, { world, intake }: Reading): RouteInput => ({
  namespace: route.namespace,
  knows: world.knows,
  report: (what) => {
    const object = describe({ kind: route.kind, metadata: route });
    intake.problems.push({
      what: `${object}: ${what}`,
      where: { object },
      fix: 'correct the route, or add what it names',
    });
  },
});

const config = (route: AnyRoute, { name, spec }: { name: string; spec: VirtualService }, world: RouteWorld) => ({
  ...route,
  kind: 'VirtualService',
  name,
  spec,
  exportTo: new Set(world.exportTo.map((e) => (e === '.' ? route.namespace : e))),
  semantics: 'gateway' as const,
});

interface Keyed {
  key: string;
  config: VirtualServiceConfig;
}
type Convert<Rule> = (rule: Rule, name: string, input: RouteInput) => HttpRoute[] | undefined;

function httpParents<Rule extends { backendRefs?: object[] }>(
  route: Config<{ parentRefs?: ParentRef[]; rules?: Rule[] }>,
  read: Reading & { convert: Convert<Rule> },
): Keyed[] {
  const parents = parentsOf(route, read);
  if (parents.length === 0) return [];
  const routes: HttpRoute[] = [];
  for (const [i, rule] of (route.spec.rules ?? []).entries()) {
    const built = read.convert(rule, `${route.namespace}.${route.name}.${i}`, inputOf(route, read));
    if (!built) return [];
    for (const one of built) noteOrigin(one, originOf(route, `spec.rules[${i}]`), read.intake);
    routes.push(...built);
  }
  if (routes.length === 0) return [];
  return parents.flatMap(({ ref, hosts }) =>
    hosts.map((host) => {
      const { port } = ref;
      const key = `${route.namespace}${port === undefined ? '' : `/${port}`}/${host}`;
      const http = port === undefined ? routes : routes.map((r) => onPort(r, port, read.intake));
      const spec = { hosts: [host], gateways: ['mesh'], http: [...http].sort(byRank) };
      read.intake.provenance.set(spec, originOf(route, 'spec.parentRefs'));
      return { key, config: config(route, { name: key.replaceAll('/', '~'), spec }, read.world) };
    }),
  );
}

function noteOrigin(route: HttpRoute, origin: ReturnType<typeof originOf>, { provenance }: Intake): void {
  provenance.set(route, origin);
  for (const [i, leg] of (route.route ?? []).entries())
    provenance.set(leg, { ...origin, field: `${origin.field}.backendRefs[${i}]` });
}

/** augmentPortMatch: a copy that holds for one port of the parent. */
function onPort(route: HttpRoute, port: number, { provenance }: Intake): HttpRoute {
  const match = route.match?.length ? route.match.map((m) => ({ ...m, port })) : [{ port }];
  const copy = { ...route, match };
  const origin = provenance.get(route);
  if (origin) provenance.set(copy, origin);
  return copy;
}

/** Routes of one namespace for one host and port are one list, ranked together. */
function merged(all: readonly Keyed[], { provenance }: Intake): VirtualServiceConfig[] {
  const byKey = new Map<string, VirtualServiceConfig[]>();
  for (const { key, config: one } of all) byKey.set(key, [...(byKey.get(key) ?? []), one]);
  return [...byKey.values()].flatMap((same) => {
    const [first, ...more] = [...same].sort(byCreation);
    if (!first) return [];
    if (more.length === 0) return [first];
    const http = [first, ...more].flatMap((c) => c.spec.http ?? []).sort(byRank);
    const spec = { ...first.spec, http };
    const origin = provenance.get(first.spec);
    if (origin) provenance.set(spec, origin);
    return [{ ...first, spec }];
  });
}

function l4Parents(route: Config<GatewayL4Route>, kind: 'tcp' | 'tls', read: Reading): VirtualServiceConfig[] {
  const parents = parentsOf(route, read);
  const rules = parents.length === 0 ? [] : l4Routes(route, read);
  let count = 0;
  return parents.flatMap(({ ref, hosts }) =>
    hosts.map((host) => {
      const port = ref.port === undefined ? {} : { port: ref.port };
      const sniHosts = sniOf(route.spec.hostnames ?? [], hosts, host);
      const match = kind === 'tls' ? [{ sniHosts, ...port }] : ref.port === undefined ? undefined : [port];
      const routes = rules.map((legs) => ({ ...(match ? { match } : {}), route: legs }));
      const spec = { hosts: [host], gateways: ['mesh'], [kind]: routes };
      return config(
        route,
        { name: `${route.name}~${kind}~${count++}~istio-autogenerated-k8s-gateway`, spec },
        read.world,
      );
    }),
  );
}

/** Without hostnames the parent's; of several those that the parent's host covers. */
function sniOf(hostnames: readonly string[], hosts: readonly string[], host: string): string[] {
  const names = hostnames.length > 0 ? hostnames : hosts;
  return names.length > 1 ? names.filter((name) => hostMatches(host, name)) : [...names];
}

/** Connections of a rule without backends are refused: the cluster does not exist. */
const nowhere: RouteDestination = {
  destination: { host: 'internal.cluster.local', subset: 'zero-weight', port: { number: 65535 } },
  weight: 0,
};

function l4Routes(route: Config<GatewayL4Route>, read: Reading): RouteDestination[][] {
  const out: RouteDestination[][] = [];
  for (const [i, { backendRefs = [] }] of (route.spec.rules ?? []).entries()) {
    const legs = hasBackends(backendRefs) ? destinations(backendRefs, inputOf(route, read)) : [nowhere];
    if (!legs) return [];
    out.push(
      legs.map(({ destination, weight }, n) => {
        const leg: RouteDestination = { ...(destination ? { destination } : {}), weight: weight ?? 0 };
        read.intake.provenance.set(leg, originOf(route, `spec.rules[${i}].backendRefs[${n}]`));
        return leg;
      }),
    );
  }
  return out;
}
