import { ProblemError } from '../problem.ts';
import { raced } from '../raced.ts';
import { servedKinds } from './kinds.ts';
import type { KubeObject } from './objects.ts';
import type { Store } from './store.ts';

const deadlineMs = 30_000;

/** What a mesh holds right after its start; `restore` brings it back to that. */
export class FirstState {
  readonly #store: Store;
  readonly #objects: ReadonlyMap<string, KubeObject>;

  constructor(store: Store) {
    this.#store = store;
    this.#objects = new Map(all(store).map((object) => [uid(object), object]));
  }

  /** Deletes all that came later, waits until it is gone, and gives the first namespaces their labels back. */
  async restore(signal: AbortSignal): Promise<void> {
    for (const object of this.#later()) if (!object.metadata.ownerReferences?.length) this.#delete(object);
    const deadline = AbortSignal.timeout(deadlineMs);
    const stop = AbortSignal.any([signal, deadline]);
    while (this.#later().length > 0) await this.#change(stop, deadline);
    for (const object of this.#objects.values()) this.#relabel(object);
  }

  #later(): KubeObject[] {
    return all(this.#store).filter((object) => !this.#objects.has(uid(object)));
  }

  #delete(object: KubeObject): void {
    const { name, namespace } = object.metadata;
    const ref = { apiVersion: object.apiVersion, kind: object.kind, name, ...(namespace ? { namespace } : {}) };
    if (this.#store.get(ref)) this.#store.delete(ref, { propagation: 'Background', gracePeriodSeconds: 0 });
  }

  #relabel(first: KubeObject): void {
    if (first.kind !== 'Namespace') return;
    const now = this.#store.get({ apiVersion: first.apiVersion, kind: first.kind, name: first.metadata.name });
    if (!now) return;
    const { labels, annotations } = first.metadata;
    this.#store.update({ ...now, metadata: { ...now.metadata, labels: labels ?? {}, annotations: annotations ?? {} } });
  }

  async #change(stop: AbortSignal, deadline: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const unsubscribe = this.#store.subscribe(() => resolve());
    try {
      if (this.#later().length > 0) await raced(promise, stop);
    } catch (error) {
      if (!deadline.aborted) throw error;
      const left = this.#later().map((o) => `${o.kind} ${o.metadata.namespace ?? ''}/${o.metadata.name}`);
      throw new ProblemError({ what: `still there after ${deadlineMs / 1000} s: ${left.join(', ')}` });
    } finally {
      unsubscribe();
    }
  }
}

const all = (store: Store): KubeObject[] =>
  servedKinds.all().flatMap(({ apiVersion, kind }) => [...store.list({ apiVersion, kind })]);

const uid = (object: KubeObject): string => object.metadata.uid ?? `${object.kind} ${object.metadata.name}`;
