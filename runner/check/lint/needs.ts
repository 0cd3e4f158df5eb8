import type { KubeObject } from '../../../mesh/kube/objects.ts';
import { valueAt } from '../../lab/path.ts';
import { type LintRule, objectsOf } from './rule.ts';

/**
 * Kinds that ztunnel does not know: in ambient they act at a waypoint only.
 * Source: istio.io, Ambient, "Use Layer 7 features"; ztunnel enforces L4 AuthorizationPolicy and PeerAuthentication only.
 */
const layer7 = ['VirtualService', 'DestinationRule', 'HTTPRoute', 'GRPCRoute', 'RequestAuthentication', 'WasmPlugin'];

/** A solution that ambient cannot run without a waypoint says so. */
export const needs: LintRule = {
  name: 'needs',
  problems: (lab) =>
    lab.solutions.flatMap((solution, i) => {
      if (!solution.dataPlanes.includes('ambient') || solution.needs.ambient) return [];
      const kinds = objectsOf(Object.values(solution.apply).flat()).filter(needsWaypoint);
      const [first] = kinds;
      if (!first) return [];
      return [
        {
          what: `ztunnel does not read ${first.kind}, so the solution \`${solution.id}\` does nothing in ambient.`,
          where: lab.locate(['solutions', i]),
          fix: 'Write `needs: { ambient: waypoint }`, or `dataPlanes: [sidecar]`.',
        },
      ];
    }),
};

function needsWaypoint(object: KubeObject): boolean {
  if (!layer7.includes(object.kind)) return false;
  // Routes at a gateway are read by the gateway's own proxy in both data planes.
  const gateways = valueAt(object, ['spec', 'gateways']);
  if (Array.isArray(gateways) && !gateways.includes('mesh')) return false;
  const parents = valueAt(object, ['spec', 'parentRefs']);
  return !(Array.isArray(parents) && parents.every((parent) => valueAt(parent, ['kind']) !== 'Service'));
}
