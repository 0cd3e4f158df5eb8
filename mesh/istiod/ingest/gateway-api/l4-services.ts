import { type Config, originOf } from '../../model/config.ts';
import type { GatewayL4Route } from '../../model/gateway-route.ts';
import { hostMatches } from '../../model/host.ts';
import { intersection } from '../../model/host-intersection.ts';
import type { RouteDestination, TlsMatch, VirtualService, VirtualServiceConfig } from '../../model/virtual-service.ts';
import { destinations, hasBackends } from './backend.ts';
import { type Attachment, effective } from './parents.ts';
import type { RouteReading, RouteResult } from './route-result.ts';
import { GENERATED, translated } from './translated.ts';

type Kind = 'tcp' | 'tls';
interface Reading extends RouteReading {
  result: RouteResult;
}

/** A rule's destinations; `refuses` where it has no backend with a weight. */
interface L4Rule {
  legs: RouteDestination[];
  refuses: boolean;
}

/** TCPRoutes and TLSRoutes: one VirtualService for each parent and host. Fills in the errors of `result`. */
export function l4VirtualServices(route: Config<GatewayL4Route>, kind: Kind, reading: Reading): VirtualServiceConfig[] {
  const { result, world, intake } = reading;
  const rules = {
    mesh: result.attachments.some((a) => a.mesh) ? rulesOf(route, reading, true) : [],
    gateway: result.attachments.some((a) => !a.mesh) ? rulesOf(route, reading, false) : [],
  };
  let count = 0;
  return effective(result.attachments).flatMap((attachment) =>
    hostsOf(route, kind, attachment).map((host) => {
      const own = rules[attachment.mesh ? 'mesh' : 'gateway'];
      const routes = kind === 'tcp' ? tcpRoutes(own, attachment) : tlsRoutes(own, { route, attachment, host });
      const spec: VirtualService = { hosts: [host], gateways: [attachment.internalName], [kind]: routes };
      const named = !attachment.mesh && kind === 'tls' && route.spec.hostnames?.length;
      intake.provenance.set(spec, originOf(route, named ? 'spec.hostnames' : 'spec.parentRefs'));
      return translated(route, { name: `${route.name}~${kind}~${count++}~${GENERATED}`, spec }, world);
    }),
  );
}

/** Of a listener with a host only what both cover. */
function hostsOf(
  { spec }: Config<GatewayL4Route>,
  kind: Kind,
  { mesh, hosts, hostname }: Attachment,
): readonly string[] {
  if (mesh) return hosts;
  if (kind === 'tcp') return ['*'];
  const own = spec.hostnames?.length ? spec.hostnames : ['*'];
  return hostname === '' ? own : intersection(own, [hostname]);
}

function tcpRoutes(rules: readonly L4Rule[], { mesh, ref }: Attachment): NonNullable<VirtualService['tcp']> {
  const match = mesh && ref.port !== undefined ? { match: [{ port: ref.port }] } : {};
  return rules.map(({ legs }) => ({ ...match, route: legs }));
}

function tlsRoutes(
  rules: readonly L4Rule[],
  of: { route: Config<GatewayL4Route>; attachment: Attachment; host: string },
): NonNullable<VirtualService['tls']> {
  const sniHosts = sniOf(of.route.spec.hostnames ?? [], of);
  const { mesh, ref } = of.attachment;
  const match: TlsMatch = { sniHosts, ...(mesh && ref.port !== undefined ? { port: ref.port } : {}) };
  // As istiod: a rule that refuses has no match, so that it is never chosen; one of the mesh whose hostnames are all others' takes every name.
  return rules.flatMap(({ legs, refuses }) => {
    if (refuses) return [{ route: legs }];
    return mesh || sniHosts.length > 0 ? [{ match: [match], route: legs }] : [];
  });
}

/** In the mesh without hostnames the parent's, of several those that its host covers; at a listener what it covers, too. */
function sniOf(hostnames: readonly string[], { attachment, host }: { attachment: Attachment; host: string }): string[] {
  if (attachment.mesh) {
    const names = hostnames.length > 0 ? hostnames : attachment.hosts;
    return names.length > 1 ? names.filter((name) => hostMatches(host, name)) : [...names];
  }
  const own = hostnames.length > 0 ? hostnames : ['*'];
  return attachment.hostname === '' ? [...own] : intersection(own, [attachment.hostname]);
}

/** Connections of a rule without backends are refused: the cluster does not exist. */
const nowhere: RouteDestination = {
  destination: { host: 'internal.cluster.local', subset: 'zero-weight', port: { number: 65535 } },
  weight: 0,
};

function rulesOf(route: Config<GatewayL4Route>, { world, result, intake }: Reading, mesh: boolean): L4Rule[] {
  const side = mesh ? 'mesh' : 'gateway';
  const input = { kind: route.kind, namespace: route.namespace, world, mesh };
  const out: L4Rule[] = [];
  for (const [i, { backendRefs = [] }] of (route.spec.rules ?? []).entries()) {
    if (!hasBackends(backendRefs)) {
      out.push({ legs: [nowhere], refuses: true });
      continue;
    }
    const { value, error } = destinations(backendRefs, input);
    result.errors[side] = error ?? result.errors[side];
    if (!value) return [];
    const legs = value.map(({ backend, destination, weight }) => {
      const leg: RouteDestination = { destination, weight };
      intake.provenance.set(leg, originOf(route, `spec.rules[${i}].backendRefs[${backendRefs.indexOf(backend)}]`));
      return leg;
    });
    out.push({ legs, refuses: false });
  }
  return out;
}
