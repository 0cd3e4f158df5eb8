import type { JsonObject } from '../../json.ts';
import { good } from '../ingest/gateway-api/conditions.ts';
import { type Attachment, parentKey } from '../ingest/gateway-api/parents.ts';
import { GATEWAY_GROUP } from '../ingest/gateway-api/references.ts';
import { type Config, keyOf } from '../model/config.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { isAmbient } from '../xds/hbone/ambient.ts';
import { allocatedAddresses } from './allocate.ts';
import { ambientStatuses } from './ambient/ambient.ts';
import { backendTlsStatus, gatewaysByBackend } from './backend-tls.ts';
import { type Attached, gatewayStatus, listenerSetStatus } from './gateway.ts';
import { routeStatus } from './route.ts';
import { type ObjectStatus, type StatusClock, type StatusStamp, writtenConditions } from './write.ts';

/** The statuses that istiod writes: of the Gateway API's objects, addresses of ServiceEntries, and in ambient mode waypoints and policies. Pure; nothing is compared with what is there. */
export function gatewayStatuses(snapshot: Snapshot, clock: StatusClock): ObjectStatus[] {
  const { classes, gateways, sets, routes, backendTls } = snapshot.gatewayApi;
  const stamp = (of: Named): StatusStamp => ({ time: clock.time, generation: clock.generationOf?.(of) ?? 1 });
  const attached = attachedRoutes(
    routes.flatMap((r) => r.attachments.map((a) => ({ ...a, route: `${r.config.kind} ${keyOf(r.config)}` }))),
  );
  const above = gatewaysByBackend(routes);
  const written = gateways.map((g) => {
    const own = attached.get(parentKey('Gateway', g.config.namespace, g.config.name)) ?? new Map();
    return { config: g.config, status: gatewayStatus(g, { snapshot, attached: own, stamp: stamp(g.config) }) };
  });
  const addressed = new Set(written.flatMap(({ config, status }) => (status.addresses ? keyOf(config) : [])));
  return [
    ...classes.map((c) => of(c, { conditions: writtenConditions(handled, stamp(c)) })),
    ...written.map(({ config, status }) => of(config, status)),
    ...sets.map((s) => {
      const own = attached.get(parentKey('ListenerSet', s.config.namespace, s.config.name)) ?? new Map();
      return of(s.config, listenerSetStatus(s, { snapshot, attached: own, stamp: stamp(s.config) }));
    }),
    ...routes.map((r) => of(r.config, routeStatus(r, { snapshot, stamp: stamp(r.config) }))),
    ...backendTls.map((p) => of(p.config, backendTlsStatus(p, above, stamp(p.config)))),
    ...allocatedAddresses(snapshot),
    ...(isAmbient(snapshot.mesh) ? ambientStatuses(snapshot, clock, (gateway) => addressed.has(keyOf(gateway))) : []),
  ];
}

const handled = { Accepted: good('Accepted', 'Handled by Istio controller') };

type Named = Pick<Config<object>, 'kind' | 'namespace' | 'name'>;
const of = ({ kind, namespace, name }: Named, status: JsonObject): ObjectStatus => ({
  group: GATEWAY_GROUP,
  kind,
  namespace,
  name,
  status,
});

/** A route counts once at each listener, by however many parentRefs it comes. */
function attachedRoutes(all: readonly (Attachment & { route: string })[]): Map<string, Attached> {
  const routes = new Map<string, Map<string, Set<string>>>();
  for (const { owner, section, denied, mesh, route } of all) {
    if (denied || mesh) continue;
    const listeners = routes.get(owner) ?? new Map<string, Set<string>>();
    routes.set(owner, listeners.set(section, (listeners.get(section) ?? new Set()).add(route)));
  }
  return new Map(
    [...routes].map(([owner, listeners]) => [owner, new Map([...listeners].map(([name, set]) => [name, set.size]))]),
  );
}
