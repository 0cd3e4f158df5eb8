import { checkApply } from './apply/check.ts';
import { patchObject } from './patch/patch.ts';
import { selects } from './selectors/select.ts';
import { createCore, type StoreOptions } from './store/core.ts';
import { Deletion } from './store/deletion.ts';
import { firstNamespaces } from './store/namespaces.ts';
import { applyObject, createObject, updateObject } from './store/write.ts';
import type { Store } from './store.ts';

export type { Admit, Operation, StoreOptions } from './store/core.ts';

/**
 * The objects in memory. Where the table of kinds has Namespace, the namespaces of a fresh cluster are there from the
 * start. Every refusal is an ApiError with the API server's code, reason and text.
 */
export function createStore(options: StoreOptions): Store {
  const core = createCore(options);
  const parts = { core, deletion: new Deletion(core) };
  const { bus } = core;
  const store: Store = {
    get revision() {
      return core.revision;
    },
    get: (ref) => core.lookup(ref).object,
    list(kind, listOptions = {}) {
      const info = core.kind(kind);
      const objects = core.tables.list(info, info.namespaced ? listOptions.namespace : undefined);
      if (!listOptions.labelSelector && !listOptions.fieldSelector) return objects;
      return objects.filter(selects(info, listOptions));
    },
    create: (object, writeOptions) => bus.batch(() => createObject(parts, object, writeOptions)),
    update: (object, writeOptions) => bus.batch(() => updateObject(parts, object, writeOptions)),
    apply(object, applyOptions) {
      checkApply(core.kind(object), object, applyOptions);
      return bus.batch(() => applyObject(parts, object, applyOptions));
    },
    patch: (ref, patch, writeOptions) =>
      bus.batch(() => {
        const { info, object } = core.found(ref);
        return updateObject(parts, patchObject({ info, object, patch, ref }), {
          apiVersion: ref.apiVersion,
          ...writeOptions,
        });
      }),
    delete: (ref, deleteOptions) => bus.batch(() => parts.deletion.delete(core.found(ref), deleteOptions)),
    subscribe: (listener) => bus.subscribe(listener),
  };
  const namespace = { apiVersion: 'v1', kind: 'Namespace' };
  for (const name of options.kinds.find(namespace) === undefined ? [] : firstNamespaces) {
    store.create({ ...namespace, metadata: { name } });
  }
  return store;
}
