import { routeNamespaces } from '../../ingest/gateway-api/namespaces.ts';
import { type Config, keyOf } from '../../model/config.ts';
import type { KubernetesGateway } from '../../model/kubernetes-gateway.ts';
import type { Labels } from '../../model/labels.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { HBONE_PORT } from '../../xds/hbone/ambient.ts';

/** A service's way to a waypoint: its `namespace/name`, or why it has none although it asks for one. */
export type WaypointOf = { waypoint: string } | { reason: string; message: string } | undefined;

const USE = 'istio.io/use-waypoint';
const managed = 'gateway.istio.io/managed';

/** Waypoints for the services of a mesh (istio pilot/pkg/serviceregistry/ambient/waypoints.go). */
export class Waypoints {
  readonly #ready: ReadonlyMap<string, Config<KubernetesGateway>>;
  readonly #snapshot: Snapshot;

  /** As istiod, every Gateway with an address counts, of whatever class. */
  constructor(snapshot: Snapshot, hasAddress: (gateway: Config<KubernetesGateway>) => boolean) {
    this.#snapshot = snapshot;
    const gateways = snapshot.gatewayApi.gateways.map((g) => g.config).filter(hasAddress);
    this.#ready = new Map(gateways.map((g) => [keyOf(g), g]));
  }

  has(key: string): boolean {
    return this.#ready.has(key);
  }

  /** fetchWaypointForService: the service's own label goes before its namespace's. */
  of({ namespace, labels }: { namespace: string; labels: Labels }): WaypointOf {
    if (/^istio\.io-(mesh|eastwest)-controller$/.test(labels[managed] ?? '')) return undefined;
    const level = USE in labels ? labels : this.#namespace(namespace);
    const name = level[USE];
    if (name === undefined || name === 'none') return undefined;
    const key = `${level[`${USE}-namespace`] ?? namespace}/${name}`;
    const gateway = this.#ready.get(key);
    if (!gateway) return { reason: 'WaypointIsNotReady', message: `waypoint "${key}" is not ready` };
    if (!this.#admits(gateway, namespace))
      return {
        reason: 'AttachmentDenied',
        message: `we are not permitted to attach to waypoint "${key}" (missing allowedRoutes?)`,
      };
    const traffic = this.#traffic(gateway);
    if (traffic === 'service' || traffic === 'all') return { waypoint: key };
    return {
      reason: 'UnsupportedTrafficType',
      message: `attempting to bind to traffic type "service" which the waypoint "${key}" does not support`,
    };
  }

  /** Whether traffic from gateways goes through the waypoint; undefined where nobody says. */
  ingress({ namespace, labels }: { namespace: string; labels: Labels }): boolean | undefined {
    const label = 'istio.io/ingress-use-waypoint';
    const value = labels[label] ?? this.#namespace(namespace)[label];
    return value === undefined ? undefined : /^(1|t|T|TRUE|true|True)$/.test(value);
  }

  #namespace(name: string): Labels {
    return this.#snapshot.namespaces.get(name)?.labels ?? {};
  }

  #admits({ namespace, spec }: Config<KubernetesGateway>, from: string): boolean {
    const hbone = (spec.listeners ?? []).find((l) => l.protocol === 'HBONE' && l.port === HBONE_PORT);
    const at = { own: namespace, namespaces: this.#snapshot.namespaces };
    const scopes = routeNamespaces(hbone?.allowedRoutes?.namespaces, at);
    return scopes.some((scope) => scope === '*' || scope === from || (scope === '.' && from === namespace));
  }

  #traffic({ labels, spec }: Config<KubernetesGateway>): string {
    const label = 'istio.io/waypoint-for';
    const own = this.#snapshot.gatewayApi.classes.find((c) => c.name === spec.gatewayClassName);
    return labels[label] ?? own?.labels[label] ?? 'service';
  }
}
