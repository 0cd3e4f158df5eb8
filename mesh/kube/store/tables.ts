import type { KindInfo } from '../kind-info.ts';
import { groupOf } from '../kind-info.ts';
import type { KubeObject } from '../objects.ts';

/** Objects by kind and name, with what garbage collection asks for: by uid, by owner, by namespace. */
export interface Tables {
  get(info: KindInfo, namespace: string, name: string): KubeObject | undefined;
  /** In the order of etcd's keys (namespace, name), as a real list is. */
  list(info: KindInfo, namespace?: string): readonly KubeObject[];
  put(info: KindInfo, object: KubeObject): void;
  remove(info: KindInfo, object: KubeObject): void;
  byUid(uid: string): KubeObject | undefined;
  /** Objects that name this uid in their ownerReferences. */
  dependents(uid: string): KubeObject[];
  inNamespace(namespace: string): KubeObject[];
}

type Table = { objects: Map<string, KubeObject>; sorted?: readonly KubeObject[] };

const tableKey = (info: KindInfo) => `${groupOf(info.apiVersion)}/${info.kind}`;
const keyOf = (namespace: string, name: string) => `${namespace}/${name}`;
const keyOfObject = ({ metadata }: KubeObject) => keyOf(metadata.namespace ?? '', metadata.name);
const uidOf = (object: KubeObject) => object.metadata.uid ?? '';
const ownersOf = (object: KubeObject) => (object.metadata.ownerReferences ?? []).map((owner) => owner.uid);

export function createTables(): Tables {
  const tables = new Map<string, Table>();
  const uids = new Map<string, KubeObject>();
  const owned = createIndex();
  const namespaces = createIndex();
  const tableOf = (info: KindInfo): Table => {
    const key = tableKey(info);
    const table = tables.get(key) ?? { objects: new Map() };
    tables.set(key, table);
    return table;
  };
  const unlink = (old: KubeObject) => {
    uids.delete(uidOf(old));
    for (const owner of ownersOf(old)) owned.remove(owner, uidOf(old));
    namespaces.remove(old.metadata.namespace, uidOf(old));
  };
  const present = (ids: Iterable<string>) =>
    [...ids].flatMap((id) => {
      const object = uids.get(id);
      return object === undefined ? [] : [object];
    });
  return {
    get: (info, namespace, name) => tableOf(info).objects.get(keyOf(namespace, name)),
    list(info, namespace) {
      const table = tableOf(info);
      table.sorted ??= sorted(table.objects);
      return namespace === undefined ? table.sorted : table.sorted.filter((o) => o.metadata.namespace === namespace);
    },
    put(info, object) {
      const table = tableOf(info);
      const old = table.objects.get(keyOfObject(object));
      if (old !== undefined) unlink(old);
      table.objects.set(keyOfObject(object), object);
      table.sorted = undefined;
      uids.set(uidOf(object), object);
      for (const owner of ownersOf(object)) owned.add(owner, uidOf(object));
      namespaces.add(object.metadata.namespace, uidOf(object));
    },
    remove(info, object) {
      const table = tableOf(info);
      const stored = table.objects.get(keyOfObject(object));
      if (stored === undefined) return;
      table.objects.delete(keyOfObject(object));
      table.sorted = undefined;
      unlink(stored);
    },
    byUid: (uid) => uids.get(uid),
    dependents: (uid) => present(owned.of(uid)),
    inNamespace: (namespace) => present(namespaces.of(namespace)),
  };
}

const sorted = (objects: Map<string, KubeObject>): readonly KubeObject[] =>
  Object.freeze([...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object));

/** Sets of uids by a text; an absent text is not indexed. */
function createIndex() {
  const sets = new Map<string, Set<string>>();
  return {
    of: (key: string): Iterable<string> => sets.get(key) ?? [],
    add(key: string | undefined, uid: string) {
      if (key === undefined) return;
      const set = sets.get(key) ?? new Set();
      sets.set(key, set.add(uid));
    },
    remove(key: string | undefined, uid: string) {
      if (key === undefined) return;
      const set = sets.get(key);
      set?.delete(uid);
      if (set?.size === 0) sets.delete(key);
    },
  };
}
