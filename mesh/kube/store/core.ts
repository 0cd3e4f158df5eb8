import type { Clock } from '../../world/clock.ts';
import type { Random } from '../../world/random.ts';
import { notFound, unknownKind } from '../errors.ts';
import { frozen } from '../frozen.ts';
import type { KindInfo, KindTable } from '../kind-info.ts';
import type { KindRef, KubeObject, ObjectMeta, ObjectRef } from '../objects.ts';
import { type Bus, createBus } from './bus.ts';
import { createTables, type Tables } from './tables.ts';

export type Operation = 'create' | 'update' | 'status';

/**
 * Mutating and validating admission in one: returns the object with defaults filled in, or throws ApiError (422, 400, 403).
 * `object` has its final name, namespace, uid and creationTimestamp; `previous` is absent for `create`.
 */
export type Admit = (object: KubeObject, previous: KubeObject | undefined, operation: Operation) => KubeObject;

export interface StoreOptions {
  kinds: KindTable;
  clock: Clock;
  random: Random;
  admit?: Admit;
}

/** One object with its kind. */
export interface Found {
  info: KindInfo;
  object: KubeObject;
}

/** What the parts of the store share: reading, and the two primitive changes. Everything else is built on these. */
export interface Core {
  readonly options: StoreOptions;
  readonly tables: Tables;
  readonly bus: Bus;
  readonly revision: number;
  /** Throws ApiError 404 for kinds that are not served. */
  kind(ref: KindRef): KindInfo;
  lookup(ref: ObjectRef): { info: KindInfo; object: KubeObject | undefined };
  /** Throws ApiError 404. */
  found(ref: ObjectRef): Found;
  /** Stores under the next revision and tells; returns what was stored. */
  put(info: KindInfo, object: KubeObject): KubeObject;
  /** Removes under the next revision and tells; owners and namespaces are not looked at. */
  drop(found: Found): void;
}

export function createCore(options: StoreOptions): Core {
  const tables = createTables();
  const bus = createBus();
  let revision = 0;
  const kind = (ref: KindRef) => {
    const info = options.kinds.find(ref);
    if (info === undefined) throw unknownKind();
    return info;
  };
  const lookup = (ref: ObjectRef) => {
    const info = kind(ref);
    return { info, object: tables.get(info, info.namespaced ? (ref.namespace ?? 'default') : '', ref.name) };
  };
  return {
    options,
    tables,
    bus,
    get revision() {
      return revision;
    },
    kind,
    lookup,
    found(ref) {
      const { info, object } = lookup(ref);
      if (object === undefined) throw notFound(info, ref.name);
      return { info, object };
    },
    put(info, object) {
      const previous = tables.get(info, object.metadata.namespace ?? '', object.metadata.name);
      revision += 1;
      const stored = stamped(object, revision);
      tables.put(info, stored);
      bus.emit({ type: previous === undefined ? 'ADDED' : 'MODIFIED', object: stored, previous, revision });
      return stored;
    },
    drop({ info, object }) {
      revision += 1;
      tables.remove(info, object);
      bus.emit({ type: 'DELETED', object: stamped(object, revision), previous: object, revision });
    },
  };
}

const stamped = (object: KubeObject, revision: number): KubeObject =>
  frozen({ ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } });

/** A copy with some metadata changed; undefined removes a field. */
export const withMeta = (object: KubeObject, metadata: Partial<ObjectMeta>): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, ...metadata },
});

/** Names an object that has been stored. */
export const refOf = ({ apiVersion, kind, metadata: { namespace, name } }: KubeObject): ObjectRef => ({
  apiVersion,
  kind,
  name,
  ...(namespace === undefined ? {} : { namespace }),
});
