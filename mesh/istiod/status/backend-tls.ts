import type { JsonObject } from '../../json.ts';
import type { BackendTlsResult } from '../ingest/gateway-api/backend-tls.ts';
import { GATEWAY_CONTROLLER, MESH_CONTROLLER } from '../ingest/gateway-api/classes.ts';
import type { Conditions } from '../ingest/gateway-api/conditions.ts';
import { GATEWAY_GROUP, groupKind, isKind } from '../ingest/gateway-api/references.ts';
import type { RouteResult } from '../ingest/gateway-api/route-result.ts';
import { compareText } from '../model/config.ts';
import type { BackendRef } from '../model/gateway-route.ts';
import { type StatusStamp, writtenConditions } from './write.ts';

/** The most that a policy's status may have. */
const MAX_ANCESTORS = 16;

/** Each target for the mesh, then the Gateways whose routes lead to a target (BackendTLSPolicyCollection in istio gateway/backend_policies.go). */
export function backendTlsStatus(
  { config, targets, ignored }: BackendTlsResult,
  gateways: (kind: string, namespace: string, name: string) => readonly GatewayName[],
  stamp: StatusStamp,
): JsonObject {
  const ancestor = (ancestorRef: JsonObject, controllerName: string, conditions: Conditions): JsonObject => ({
    ancestorRef,
    controllerName,
    conditions: writtenConditions(conditions, stamp),
  });
  const own = targets.map(({ target, conditions }) => {
    const { group = '', kind, name, sectionName } = target;
    return ancestor({ group, kind, name, sectionName }, MESH_CONTROLLER, conditions);
  });
  const found = targets
    .filter((t) => t.found)
    .flatMap(({ target: t }) => gateways(t.kind ?? '', config.namespace, t.name ?? ''));
  const names = new Map(found.map((g) => [`${g.namespace}/${g.name}`, g]));
  // As istiod, Gateways get what holds for the last target.
  const last = targets.at(-1)?.conditions;
  const above = [...names]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([, { name }]) =>
      last && !ignored ? [ancestor({ group: GATEWAY_GROUP, kind: 'Gateway', name }, GATEWAY_CONTROLLER, last)] : [],
    );
  return { ancestors: [...own, ...above].slice(0, MAX_ANCESTORS) };
}

export interface GatewayName {
  namespace: string;
  name: string;
}

/** Gateways by the backends that routes with such a parent name, whether or not they are taken (extractAncestorBackends). */
export function gatewaysByBackend(routes: readonly RouteResult[]): Parameters<typeof backendTlsStatus>[1] {
  const byBackend = new Map<string, GatewayName[]>();
  for (const { config } of routes) {
    const parents = (config.spec.parentRefs ?? [])
      .filter((ref) => isKind(groupKind(ref, { group: GATEWAY_GROUP, kind: 'Gateway' }), GATEWAY_GROUP, 'Gateway'))
      .map(({ name = '', namespace = config.namespace }) => ({ name, namespace }));
    for (const { kind = 'Service', namespace = config.namespace, name = '' } of backendsOf(config.spec)) {
      const key = `${kind} ${namespace}/${name}`;
      byBackend.set(key, [...(byBackend.get(key) ?? []), ...parents]);
    }
  }
  return (kind, namespace, name) => byBackend.get(`${kind} ${namespace}/${name}`) ?? [];
}

const backendsOf = (spec: object): BackendRef[] =>
  ((spec as { rules?: { backendRefs?: BackendRef[] }[] }).rules ?? []).flatMap((rule) => rule.backendRefs ?? []);
