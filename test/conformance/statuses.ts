import { isObject, type JsonObject, objects } from '../../mesh/json.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import type { Said, Table } from './table.ts';

/** A status in the words of the tables: conditions by type as `Status Reason`, listeners by name, parents by reference. */
export function saidBy({ status = {}, metadata }: KubeObject): Said {
  const generation = metadata.generation ?? 1;
  return {
    ...conditions(status, generation),
    // None is as good as 0 (GatewayMustHaveAttachedListeners in conformance/utils/kubernetes/helpers.go).
    attachedListenerSets: Number(status.attachedListenerSets ?? 0),
    addressCount: objects(status.addresses).length,
    listeners: Object.fromEntries(objects(status.listeners).map((l) => [String(l.name), listener(l, generation)])),
    parents: Object.fromEntries(objects(status.parents).map((p) => [parentName(p), conditions(p, generation)])),
    ancestors: Object.fromEntries(
      objects(status.ancestors).map((a) => [parentName({ parentRef: a.ancestorRef ?? {} }), conditions(a, generation)]),
    ),
  };
}

const listener = (l: JsonObject, generation: number): Said => ({
  ...conditions(l, generation),
  attachedRoutes: Number(l.attachedRoutes ?? 0),
  supportedKinds: objects(l.supportedKinds).map((k) => String(k.kind)),
});

/** A condition of another generation than the object's is out of date, which no table expects. */
const conditions = (of: JsonObject, generation: number): Said =>
  Object.fromEntries(
    objects(of.conditions).map((c) => [
      String(c.type),
      `${c.status} ${c.reason}${c.observedGeneration === generation ? '' : ` (of generation ${c.observedGeneration})`}`,
    ]),
  );

/** NAME, NAME/SECTION, NAME:PORT or NAME/SECTION:PORT. */
function parentName({ parentRef }: JsonObject): string {
  const { name, sectionName, port } = isObject(parentRef) ? parentRef : {};
  return `${name}${sectionName === undefined ? '' : `/${sectionName}`}${port === undefined ? '' : `:${port}`}`;
}

/** Differences between what a status should say and what it says, as sentences. `True` fits any reason. */
export function differences(expected: Said, actual: Said, path = ''): string[] {
  return Object.entries(expected).flatMap(([field, want]) => {
    const [is, at] = [actual[field], path === '' ? field : `${path}.${field}`];
    if (isSaid(want)) return isSaid(is) ? differences(want, is, at) : [`${at} is not there`];
    return fits(want, is) ? [] : [`${at}: expected ${JSON.stringify(want)}, got ${JSON.stringify(is)}`];
  });
}

const isSaid = (value: unknown): value is Said => typeof value === 'object' && value !== null && !Array.isArray(value);

function fits(want: unknown, is: unknown): boolean {
  if (want === 'True' || want === 'False')
    return typeof is === 'string' && is.startsWith(`${want} `) && !is.includes('(');
  if (want === 'absent') return is === undefined;
  return JSON.stringify(want) === JSON.stringify(is);
}

const routeKinds = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'];

/** What no table has to say: its gateways are programmed, its routes are accepted by every parent with all references resolved. */
export function usualStatuses({ objects: all, statuses }: Pick<Table, 'objects' | 'statuses'>): {
  [object: string]: Said;
} {
  const unsaid = all.filter((o) => statuses[keyOf(o)] === undefined);
  return Object.fromEntries(unsaid.flatMap((o) => (usual(o) ? [[keyOf(o), usual(o) ?? {}]] : [])));
}

function usual({ kind, spec = {} }: KubeObject): Said | undefined {
  if (kind === 'Gateway') {
    const good = { Accepted: 'True', Programmed: 'True', ResolvedRefs: 'True', Conflicted: 'False' };
    const listeners = objects(spec.listeners).map((l) => [String(l.name), good]);
    return { Accepted: 'True', Programmed: 'True', listeners: Object.fromEntries(listeners) };
  }
  if (!routeKinds.includes(kind)) return undefined;
  const parents = objects(spec.parentRefs).map((p) => [
    parentName({ parentRef: p }),
    { Accepted: 'True', ResolvedRefs: 'True' },
  ]);
  return { parents: Object.fromEntries(parents) };
}

export const keyOf = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
