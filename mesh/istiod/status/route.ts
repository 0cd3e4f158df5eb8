import type { JsonObject } from '../../json.ts';
import { GATEWAY_CONTROLLER } from '../ingest/gateway-api/classes.ts';
import { type Conditions, type ConfigError, good } from '../ingest/gateway-api/conditions.ts';
import type { Attachment } from '../ingest/gateway-api/parents.ts';
import { GATEWAY_GROUP } from '../ingest/gateway-api/references.ts';
import type { RouteResult } from '../ingest/gateway-api/route-result.ts';
import { type Config, compareText } from '../model/config.ts';
import type { ParentRef } from '../model/gateway-route.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { isAmbient } from '../xds/hbone/ambient.ts';
import { waypointMessage } from './ambient/ambient.ts';
import { type StatusStamp, writtenConditions } from './write.ts';

/** createRouteStatus in istio pilot/pkg/config/kube/gateway/conditions.go: one entry for each parent that is ours. */
export function routeStatus(
  { config, attachments, errors }: RouteResult,
  { snapshot, stamp }: { snapshot: Snapshot; stamp: StatusStamp },
): JsonObject {
  const byRef = new Map<string, Attachment[]>();
  for (const attachment of attachments) {
    const key = refText(attachment.ref, config.namespace);
    byRef.set(key, [...(byRef.get(key) ?? []), attachment]);
  }
  const parents = [...byRef]
    .sort(([a], [b]) => compareText(b, a))
    .flatMap(([, own]) => {
      const [first] = own;
      if (!first) return [];
      const waypoints = isAmbient(snapshot.mesh) ? resolvedWaypoints(first, config.namespace, snapshot) : {};
      const conditions = { ...parentConditions(own, first.mesh ? errors.mesh : errors.gateway), ...waypoints };
      return [
        {
          parentRef: writtenRef(first.ref),
          controllerName: GATEWAY_CONTROLLER,
          conditions: writtenConditions(conditions, stamp),
        },
      ];
    });
  return { parents };
}

/** One listener that takes the route is enough. */
function parentConditions(own: readonly Attachment[], error: ConfigError | undefined): Conditions {
  const taken = own.filter((a) => !a.denied).length;
  const message = taken > 1 ? `Route was valid, bound to ${taken} parents` : 'Route was valid';
  return {
    Accepted: { ...good('Accepted', message), error: taken > 0 ? undefined : worst(own) },
    ResolvedRefs: { ...good('ResolvedRefs', 'All references resolved'), error },
  };
}

/** What comes nearest to being taken; equal reasons are told together. */
const severity = ['NotAllowedByListeners', 'NoMatchingListenerHostname', 'ParentRefConflict', 'NoMatchingParent'];

function worst(own: readonly Attachment[]): ConfigError | undefined {
  const denied = own.flatMap((a) => a.denied ?? []);
  const rank = Math.min(...denied.map((d) => severity.indexOf(d.reason)));
  const same = denied.filter((d) => severity.indexOf(d.reason) === rank);
  const [first] = same;
  return first && { reason: first.reason, message: same.map((d) => d.message).join('; ') };
}

/** In ambient mode a route of the mesh is told whether its parent has a waypoint. */
function resolvedWaypoints({ ref, mesh }: Attachment, own: string, snapshot: Snapshot): Conditions {
  const { kind, namespace = own, name } = ref;
  const known: readonly Config<unknown>[] =
    kind === 'ServiceEntry' ? snapshot.serviceEntries : (snapshot.kubeServices.get(namespace) ?? []);
  const parent = known.find((c) => c.namespace === namespace && c.name === name);
  const space = snapshot.namespaces.get(namespace);
  const message = mesh ? waypointMessage(parent?.labels, space?.labels) : 'All waypoints resolved';
  return { ResolvedWaypoints: good('ResolvedWaypoints', message) };
}

/** Defaults are those that the API server fills in. */
const writtenRef = ({ group, kind, name, namespace, sectionName, port }: ParentRef): JsonObject => ({
  group: group ?? GATEWAY_GROUP,
  kind: kind ?? 'Gateway',
  name,
  namespace,
  sectionName,
  port,
});

/** parentRefString. */
function refText(ref: ParentRef, own: string): string {
  const { group = GATEWAY_GROUP, kind = 'Gateway', name = '', namespace = own, sectionName = '', port = 0 } = ref;
  return `${group}/${kind}/${name}/${sectionName}/${port}.${namespace}`;
}
