import type { KubeApi, Patch, PatchOptions, WatchEvent } from './api.ts';
import { notFound, unknownKind } from './errors.ts';
import { frozen } from './frozen.ts';
import type { KindInfo, KindTable } from './kind-info.ts';
import type { KindRef, KubeObject, ObjectRef } from './objects.ts';
import { patchObject } from './patch/patch.ts';
import { containerOf } from './pod-containers.ts';
import type { PodRef, PodRuntime } from './runtime.ts';
import { scaleKind, toScale, withScale } from './scale.ts';
import type { Store } from './store.ts';
import { createHistory } from './watch/history.ts';
import { watchKind } from './watch/watch.ts';

export interface MemoryApiOptions {
  store: Store;
  kinds: KindTable;
  runtime: PodRuntime;
  /** Events remembered for watches that start in the past; 4096 when absent. */
  history?: number;
}

/** The Kubernetes API over a store in this process; containers are the runtime's. Objects are frozen and shared. */
export function createMemoryApi(options: MemoryApiOptions): KubeApi {
  const { store, runtime } = options;
  const sources = { store, history: createHistory(store, options.history) };
  const kind = (ref: KindRef) => known(options.kinds, ref);
  const podOf = (pod: PodRef) => existing(options, pod);
  return {
    async get(ref) {
      const object = store.get(ref);
      return object && inVersion(ref, object);
    },
    async list(ref, listOptions) {
      kind(ref);
      const items = store.list(ref, listOptions).map((object) => inVersion(ref, object));
      return { items, resourceVersion: String(store.revision) };
    },
    watch: (ref, watchOptions) => iterable(() => relabelled(ref, watchKind(sources, kind(ref), watchOptions))),
    apply: async (object, applyOptions) => inVersion(object, store.apply(object, applyOptions)),
    async patch(ref, patch, patchOptions = {}) {
      const { subresource, ...rest } = patchOptions;
      if (subresource === 'scale') return patchScale(options, ref, { patch, ...rest });
      return inVersion(ref, store.patch(ref, patch, subresource === undefined ? rest : { ...rest, subresource }));
    },
    delete: async (ref, deleteOptions) => store.delete(ref, deleteOptions),
    logs: (pod, logOptions = {}) =>
      iterable(() => runtime.logs(pod, { ...logOptions, container: containerOf(podOf(pod), logOptions.container) })),
    exec: async (pod, command, execOptions = {}) =>
      runtime.exec(pod, command, { ...execOptions, container: containerOf(podOf(pod), execOptions.container) }),
    async portForward(pod, port) {
      podOf(pod);
      return runtime.dial(pod, port);
    },
  };
}

function known(kinds: KindTable, ref: KindRef): KindInfo {
  const info = kinds.find(ref);
  if (info === undefined) throw unknownKind();
  return info;
}

/** Throws ApiError 404. */
function existing({ store, kinds }: MemoryApiOptions, { namespace, name }: PodRef): KubeObject {
  const ref = { apiVersion: 'v1', kind: 'Pod' };
  const pod = store.get({ ...ref, namespace, name });
  if (pod === undefined) throw notFound(known(kinds, ref), name);
  return pod;
}

/** An object as another served version shows it: our kinds differ between versions in apiVersion only. */
const inVersion = ({ apiVersion }: KindRef, object: KubeObject): KubeObject =>
  object.apiVersion === apiVersion ? object : frozen({ ...object, apiVersion });

async function* relabelled(ref: KindRef, events: AsyncIterable<WatchEvent>): AsyncIterable<WatchEvent> {
  for await (const { type, object } of events) yield { type, object: inVersion(ref, object) };
}

/** Begins at once; a refusal shows at the first `next()`, as it would over a network. */
function iterable<T>(begin: () => AsyncIterable<T>): AsyncIterable<T> {
  try {
    return begin();
  } catch (error) {
    return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) };
  }
}

/** Patches the Scale of a workload; answers with the Scale. Throws ApiError 404 for kinds that do not scale. */
function patchScale(
  { store, kinds }: MemoryApiOptions,
  ref: ObjectRef,
  { patch, ...options }: { patch: Patch } & Omit<PatchOptions, 'subresource'>,
): KubeObject {
  const info = known(kinds, ref);
  if (!info.scale) throw unknownKind();
  const object = store.get(ref);
  if (object === undefined) throw notFound(info, ref.name);
  const scale = patchObject({ info: scaleKind, object: toScale(object), patch, ref: scaleKind });
  return frozen(toScale(store.update(withScale(object, scale), options)));
}
