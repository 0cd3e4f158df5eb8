import type { JsonObject } from '../../../json.ts';
import { isObject } from '../../../json.ts';
import type { Problem } from '../../../problem.ts';
import type { Patch } from '../../ingest/envoy-filter.ts';
import { type ApplyTo, patchedMessages } from '../../model/envoy-filter.ts';
import type { Origins } from '../origins.ts';
import { type Merging, Mismatch, merge, mergeAny } from '../proto/merge.ts';
import type { Messages } from '../proto/message.ts';

/** Which side of which proxy a resource belongs to. */
export type PatchContext = 'SIDECAR_INBOUND' | 'SIDECAR_OUTBOUND' | 'GATEWAY';

/** What a Patcher works with: the patches of one proxy, and where their effects are noted. */
export interface PatcherInput {
  patches: readonly Patch[];
  messages: Messages;
  origins: Origins;
  problems: Problem[];
}

/** The EnvoyFilters of one proxy. Resources are never changed in place: pieces of them are shared. */
export class Patcher {
  readonly origins: Origins;
  readonly #input: PatcherInput;
  readonly #byTarget = new Map<string, Patch[]>();

  constructor(input: PatcherInput) {
    this.origins = input.origins;
    this.#input = input;
    for (const patch of input.patches)
      this.#byTarget.set(patch.applyTo, [...(this.#byTarget.get(patch.applyTo) ?? []), patch]);
  }

  /** Patches in the order of application; those without a context are for all. */
  of(applyTo: ApplyTo, at: PatchContext): Patch[] {
    return this.all(applyTo).filter(({ match }) => (match.context ?? 'ANY') === 'ANY' || match.context === at);
  }

  all(applyTo: ApplyTo): readonly Patch[] {
    return this.#byTarget.get(applyTo) ?? [];
  }

  touches(...targets: readonly ApplyTo[]): boolean {
    return targets.some((t) => this.#byTarget.has(t));
  }

  /** The value to insert. Patches that come later may change it where it stands. */
  inserted({ value = {}, origin }: Patch): JsonObject {
    const copy = { ...value };
    this.origins.mark(copy, origin);
    return copy;
  }

  /** A copy that has the causes of its original. */
  copy = (object: JsonObject): JsonObject => this.origins.copied(object, { ...object });

  merge(patch: Patch, target: JsonObject): JsonObject {
    return merge(this.#merging(patch), patchedMessages[patch.applyTo], target, patch.value ?? {});
  }

  /** Merges two Any; throws Mismatch, which ends all patches of the resource in hand, as it does in istiod. */
  mergeAny(patch: Patch, target: JsonObject, source: JsonObject): JsonObject {
    try {
      return mergeAny(this.#merging({ ...patch, operation: 'MERGE' }), target, source);
    } catch (error) {
      throw error instanceof Mismatch ? new Inapplicable(patch, error) : error;
    }
  }

  /** The filter with the patch's configuration merged into its own, and the patch's name if it has one. */
  mergeFilter(patch: Patch, filter: JsonObject): JsonObject {
    if (!isObject(filter.typedConfig)) return filter;
    const source = patch.value?.typedConfig;
    const typedConfig = isObject(source) ? this.mergeAny(patch, filter.typedConfig, source) : filter.typedConfig;
    const out = { ...this.copy(filter), typedConfig };
    this.origins.copied(filter, out);
    if (!patch.value?.name) return out;
    this.origins.mark(out, patch.origin, 'name');
    return { ...out, name: patch.value.name };
  }

  /** istiod keeps what it has built so far when a patch makes it panic; here it becomes a problem. */
  guarded(what: string, patching: () => void): void {
    try {
      patching();
    } catch (error) {
      if (!(error instanceof Inapplicable)) throw error;
      const { kind, namespace, name, field } = error.patch.origin;
      const object = `${kind} ${namespace}/${name}`;
      const text = `${object}: ${field} ends all patches of ${what}: ${error.message}`;
      if (!this.#input.problems.some((p) => p.what === text))
        this.#input.problems.push({
          what: text,
          where: { object },
          fix: 'match the filter by its name, and give the patch the same @type',
        });
    }
  }

  #merging({ operation, origin }: Patch): Merging {
    const { messages } = this.#input;
    return {
      messages,
      replaceLists: operation === 'MERGE_AND_REPLACE_LIST',
      notes: {
        copied: (from, to) => void this.origins.copied(from, to),
        set: (object, field) => this.origins.mark(object, origin, field),
      },
    };
  }
}

/** A patch that istiod would panic at. */
class Inapplicable extends Error {
  readonly patch: Patch;
  constructor(patch: Patch, { message }: Mismatch) {
    super(message);
    this.name = 'Inapplicable';
    this.patch = patch;
  }
}

export const isMerge = ({ operation }: Patch): boolean =>
  operation === 'MERGE' || operation === 'MERGE_AND_REPLACE_LIST';

/** A listener that is being patched. */
export interface ListenerDraft {
  patcher: Patcher;
  at: PatchContext;
  listener: JsonObject;
}
