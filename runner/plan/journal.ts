import type { KubeApi } from '../../mesh/kube/api.ts';
import type { KubeObject, ObjectRef } from '../../mesh/kube/objects.ts';

const fieldManager = 'mesh-labs';

interface Entry {
  ref: ObjectRef;
  existed: boolean;
  /** What this journal had applied to the object before. */
  source?: KubeObject;
}

export const refOf = ({ apiVersion, kind, metadata: { namespace, name } }: KubeObject): ObjectRef => ({
  apiVersion,
  kind,
  name,
  ...(namespace !== undefined && { namespace }),
});
const keyOf = (ref: ObjectRef) => [ref.apiVersion, ref.kind, ref.namespace ?? '', ref.name].join('/');

/**
 * Applies objects and can take them back, newest first: objects that were not there are deleted, others get back what
 * was applied to them before. Server-side apply drops the fields that the older text does not have, as one manager owns both.
 */
export class Journal {
  readonly #api: KubeApi;
  readonly #entries: Entry[] = [];
  readonly #sources = new Map<string, KubeObject>();
  /** Set when something changed that `undo` cannot take back; only a reset of the mesh helps then. */
  dirty = false;

  constructor(api: KubeApi) {
    this.#api = api;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** Rejects with the ApiError of a refusal; nothing is recorded then. */
  async apply(object: KubeObject): Promise<void> {
    const ref = refOf(object);
    const source = this.#sources.get(keyOf(ref));
    const existed = (await this.#api.get(ref)) !== undefined;
    await this.#api.apply(object, { fieldManager, force: true });
    this.#entries.push({ ref, existed, ...(source && { source }) });
    this.#sources.set(keyOf(ref), object);
  }

  /** Takes back everything after the first `length` entries; returns the objects that are being deleted. */
  async undo(length: number): Promise<ObjectRef[]> {
    const deleted: ObjectRef[] = [];
    while (this.#entries.length > length) {
      const entry = this.#entries.pop();
      if (entry && (await this.#takeBack(entry))) deleted.push(entry.ref);
    }
    return deleted;
  }

  /** After the mesh itself was reset: nothing of what was recorded is there any more. */
  forget(): void {
    this.#entries.length = 0;
    this.#sources.clear();
    this.dirty = false;
  }

  async #takeBack({ ref, existed, source }: Entry): Promise<boolean> {
    if (source) this.#sources.set(keyOf(ref), source);
    else this.#sources.delete(keyOf(ref));
    if (!existed) {
      await this.#api.delete(ref);
      return true;
    }
    const { apiVersion, kind, name, namespace } = ref;
    const nothing = { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
    await this.#api.apply(source ?? nothing, { fieldManager, force: true });
    return false;
  }
}
