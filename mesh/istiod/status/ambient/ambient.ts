import type { JsonObject } from '../../../json.ts';
import type { Config } from '../../model/config.ts';
import type { KubernetesGateway } from '../../model/kubernetes-gateway.ts';
import type { Labels } from '../../model/labels.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { ObjectStatus, StatusClock } from '../write.ts';
import { targetsOf, waypointBinding } from './waypoint-policy.ts';
import { type WaypointOf, Waypoints } from './waypoints.ts';
import { ztunnelBinding } from './ztunnel-policy.ts';

/** Statuses that istiod writes in ambient mode: which waypoint a Service has, and who enforces an AuthorizationPolicy. */
export function ambientStatuses(
  snapshot: Snapshot,
  clock: StatusClock,
  hasAddress: (gateway: Config<KubernetesGateway>) => boolean,
): ObjectStatus[] {
  const waypoints = new Waypoints(snapshot, hasAddress);
  const services = [...snapshot.kubeServices.values()].flat().flatMap((service): ObjectStatus[] => {
    const { kind, namespace, name } = service;
    const conditions = waypointBound(waypoints.of(service), waypoints.ingress(service), clock.time);
    return conditions.length > 0 ? [{ group: '', kind, namespace, name, status: { conditions } }] : [];
  });
  const policies = snapshot.authorization.all.map((policy): ObjectStatus => {
    const { kind, namespace, name } = policy;
    const atWaypoint = targetsOf(policy).length > 0;
    const { bound, reason, message } = atWaypoint
      ? waypointBinding(policy, { snapshot, waypoints })
      : ztunnelBinding(policy);
    const condition = {
      type: atWaypoint ? 'WaypointAccepted' : 'ZtunnelAccepted',
      status: bound ? 'True' : 'False',
      reason,
      message,
      // An int64 of protobuf.
      observedGeneration: String(clock.generationOf?.(policy) ?? 1),
      lastTransitionTime: clock.time,
    };
    return { group: 'security.istio.io', kind, namespace, name, status: { conditions: [condition] } };
  });
  return [...services, ...policies];
}

/** ServiceInfo.GetConditions in istio pilot/pkg/model/service.go. */
function waypointBound(found: WaypointOf, ingress: boolean | undefined, lastTransitionTime: string): JsonObject[] {
  if (!found) return [];
  const condition = (status: string, reason: string, message: string): JsonObject[] => [
    { type: 'istio.io/WaypointBound', status, reason, message, lastTransitionTime },
  ];
  if (!('waypoint' in found)) return condition('False', found.reason, found.message);
  const edge = ingress
    ? '. Ingress traffic will traverse the waypoint'
    : '. Ingress traffic is not using the waypoint, set the istio.io/ingress-use-waypoint label to true if desired.';
  const message = `Successfully attached to waypoint ${found.waypoint}${ingress === undefined ? '' : edge}`;
  return condition('True', 'WaypointAccepted', message);
}

/** What a route is told of its parent in the mesh: without a waypoint nothing follows the route (referenceAllowed in istio gateway/conversion.go). */
export function waypointMessage(parent: Labels | undefined, namespace: Labels | undefined): string {
  if (!parent) return 'parent not found';
  const uses = (labels: Labels) => !['', 'none'].includes((labels['istio.io/use-waypoint'] ?? '').toLowerCase());
  if (uses(parent) || !namespace || uses(namespace)) return 'All waypoints resolved';
  return 'istio.io/use-waypoint label missing from parent and parent namespace; in ambient mode, route will not be respected';
}
