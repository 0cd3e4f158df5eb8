import { MESH_CONTROLLER } from '../../ingest/gateway-api/classes.ts';
import type { AuthorizationPolicy, PolicyTarget } from '../../model/authorization-policy.ts';
import type { Config } from '../../model/config.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Waypoints } from './waypoints.ts';
import type { Binding } from './ztunnel-policy.ts';

type Policy = Config<AuthorizationPolicy>;

export function targetsOf({ spec: { targetRef, targetRefs } }: Policy): readonly PolicyTarget[] {
  return targetRefs?.length ? targetRefs : targetRef ? [targetRef] : [];
}

/** Which waypoints take a policy, all targets in one (WaypointPolicyStatusCollection and flattenConditions of istio). */
export function waypointBinding(policy: Policy, of: { snapshot: Snapshot; waypoints: Waypoints }): Binding {
  const all = targetsOf(policy).map((target) => ({ target, ...bindingOf(policy, target, of) }));
  const [first] = all;
  if (first && all.length === 1) return first;
  const lost = all.filter((b) => !b.bound).map(({ target }) => ancestor(policy, target));
  const bound = all.some((b) => b.bound);
  const reason = bound ? (lost.length > 0 ? 'PartiallyInvalid' : 'Accepted') : 'Invalid';
  return { bound, reason, message: lost.length > 0 ? `Invalid targetRefs: ${lost.join(', ')}` : '' };
}

const keyOfTarget = ({ namespace: own }: Policy, { namespace, name = '' }: PolicyTarget): string =>
  `${namespace || own}/${name}`;
const ancestor = (policy: Policy, target: PolicyTarget): string =>
  `${target.kind ?? ''}.${target.group || 'core'}:${keyOfTarget(policy, target)}`;

const lost = (reason: string, message: string): Binding => ({ bound: false, reason, message });
const boundTo = (name: string): Binding => ({ bound: true, reason: 'Accepted', message: `bound to ${name}` });

function bindingOf(
  policy: Policy,
  target: PolicyTarget,
  { snapshot, waypoints }: { snapshot: Snapshot; waypoints: Waypoints },
): Binding {
  const key = keyOfTarget(policy, target);
  const { kind = '' } = target;
  if (kind === 'GatewayClass') return ofClass(policy, target, snapshot);
  if (kind === 'Gateway') return waypoints.has(key) ? boundTo(key) : lost('TargetNotFound', 'not bound');
  if (kind !== 'Service' && kind !== 'ServiceEntry') return lost('unknown', 'not bound');
  const known: readonly Config<unknown>[] =
    kind === 'Service' ? [...snapshot.kubeServices.values()].flat() : snapshot.serviceEntries;
  const service = known.find((s) => `${s.namespace}/${s.name}` === key);
  if (!service) return lost('TargetNotFound', `${kind} ${key} was not found`);
  const found = waypoints.of(service);
  if (found && 'waypoint' in found) return boundTo(found.waypoint);
  return lost('AncestorNotBound', `${kind} ${key} is not bound to a waypoint`);
}

function ofClass(policy: Policy, target: PolicyTarget, { mesh, gatewayApi }: Snapshot): Binding {
  const root = mesh.rootNamespace;
  if ((target.namespace || policy.namespace) !== root)
    return lost(
      'Invalid',
      `AuthorizationPolicy must be in the root namespace \`${root}\` when referencing a GatewayClass`,
    );
  const found = gatewayApi.classes.find((c) => c.name === target.name);
  if (!found) return lost('TargetNotFound', 'not bound');
  if (found.spec.controllerName === MESH_CONTROLLER) return boundTo(found.name);
  return lost('Invalid', `GatewayClass must use controller name \`${MESH_CONTROLLER}\` for waypoints`);
}
