import { isObject, type JsonObject, objects } from '../../json.ts';
import { setCondition } from '../../kube/controllers/conditions.ts';
import type { Controller, ControllerDeps } from '../../kube/controllers/controller.ts';
import { equal } from '../../kube/frozen.ts';
import type { Condition } from '../../kube/kinds/pod.ts';
import { now } from '../../kube/naming.ts';
import type { KindRef, KubeObject } from '../../kube/objects.ts';
import type { StoreEvent } from '../../kube/store.ts';
import { GATEWAY_GROUP } from '../ingest/gateway-api/references.ts';
import type { MeshConfig } from '../mesh-config.ts';
import { newEqual } from '../push/equal.ts';
import { fullSnapshot, nextSnapshot } from '../push/next-snapshot.ts';
import { changesOf, isNoise } from '../push/noise.ts';
import { groupOf, isRead, readKinds } from '../snapshot/kinds.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { gatewayStatuses } from './statuses.ts';
import type { ObjectStatus } from './write.ts';

const everything = { namespace: '', name: 'gateway-api' };
/** Kinds with a status of their own; that of a GatewayClass never changes, so its controller writes it. */
const told: readonly KindRef[] = readKinds.filter(
  ({ apiVersion, kind }) =>
    groupOf(apiVersion) === GATEWAY_GROUP && kind !== 'GatewayClass' && kind !== 'ReferenceGrant',
);
const parentKinds = new Set(['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute']);

/** Keeps the statuses of the Gateway API's objects as istiod would write them (pilot/pkg/status of istio). */
export const gatewayStatusController = (mesh: MeshConfig): Controller => ({
  name: 'gateway-status-controller',
  watches: readKinds.map((kind) => ({ kind, keys: () => [everything] })),
  start(deps) {
    const view = new View(deps, mesh);
    let last: Snapshot | undefined;
    return {
      reconcile() {
        const snapshot = view.current();
        if (!snapshot || snapshot === last) return;
        last = snapshot;
        const time = now(deps.clock);
        const generationOf = (of: Named) => objectOf(deps, of)?.metadata.generation ?? 1;
        for (const status of gatewayStatuses(snapshot, { time, generationOf })) write(deps, status, time);
      },
    };
  },
});

/** The newest snapshot, while any object has a status to be told. */
class View {
  readonly #deps: ControllerDeps;
  readonly #mesh: MeshConfig;
  #events: StoreEvent[] = [];
  #snapshot: Snapshot | undefined;

  constructor(deps: ControllerDeps, mesh: MeshConfig) {
    this.#deps = deps;
    this.#mesh = mesh;
    deps.store.subscribe((event) => {
      if (this.#snapshot && isRead(event.object)) this.#events.push(event);
    });
  }

  current(): Snapshot | undefined {
    const { store } = this.#deps;
    const events = this.#events.splice(0);
    if (told.every((kind) => store.list(kind).length === 0)) this.#snapshot = undefined;
    else this.#snapshot = this.#snapshot ? this.#next(this.#snapshot, events) : fullSnapshot(store, this.#mesh);
    return this.#snapshot;
  }

  #next(before: Snapshot, events: readonly StoreEvent[]): Snapshot {
    const alike = newEqual();
    const changes = changesOf(events).filter((change) => !isNoise(change, before, alike));
    return changes.length > 0 ? nextSnapshot(before, changes, this.#deps.store) : before;
  }
}

type Named = Pick<ObjectStatus, 'kind' | 'namespace' | 'name'>;

const objectOf = ({ store }: ControllerDeps, { kind, namespace, name }: Named): KubeObject | undefined => {
  const ref = told.find((k) => k.kind === kind);
  return ref && store.get({ ...ref, namespace, name });
};

function write(deps: ControllerDeps, of: ObjectStatus, time: string): void {
  const object = of.group === GATEWAY_GROUP ? objectOf(deps, of) : undefined;
  if (!object || object.metadata.deletionTimestamp) return;
  const present: JsonObject = isObject(object.status) ? object.status : {};
  const status = parentKinds.has(of.kind)
    ? { ...present, parents: parents(present, of.status, time) }
    : { ...of.status, ...conditionsOf(present, of.status, time), ...listeners(present, of.status, time) };
  if (!equal(status, object.status)) deps.store.update({ ...object, status }, { subresource: 'status' });
}

/** What other controllers say of a route stays. */
function parents(present: JsonObject, next: JsonObject, time: string): JsonObject[] {
  const before = objects(present.parents);
  const own = objects(next.parents);
  const key = ({ controllerName, parentRef }: JsonObject) => JSON.stringify([controllerName, parentRef]);
  const written = own.map((parent) => ({
    ...parent,
    ...conditionsOf(before.find((b) => key(b) === key(parent)) ?? {}, parent, time),
  }));
  const controllers = new Set(own.map((p) => p.controllerName));
  return [...before.filter((b) => isForeign(b, controllers)), ...written];
}

const isForeign = ({ controllerName }: JsonObject, own: ReadonlySet<unknown>): boolean =>
  !own.has(controllerName) && !String(controllerName).startsWith('istio.io/');

function listeners(present: JsonObject, next: JsonObject, time: string): JsonObject {
  if (!Array.isArray(next.listeners)) return {};
  const before = objects(present.listeners);
  return {
    listeners: objects(next.listeners).map((listener) => ({
      ...listener,
      ...conditionsOf(before.find((b) => b.name === listener.name) ?? {}, listener, time),
    })),
  };
}

/** A condition that says the same keeps its time (kstatus.UpdateConditionIfChanged). */
function conditionsOf(present: JsonObject, next: JsonObject, time: string): JsonObject {
  if (!Array.isArray(next.conditions)) return {};
  const before = objects(present.conditions) as unknown as Condition[];
  const conditions = objects(next.conditions).map((condition) => {
    const [written] = setCondition(
      before.filter((b) => b.type === condition.type),
      condition as unknown as Condition,
      time,
    );
    return written as unknown as JsonObject;
  });
  return { conditions };
}
