import type { MeshConfig } from '../mesh-config.ts';
import type { Proxy as MeshProxy } from '../proxy.ts';
import type { SidecarScope } from '../snapshot/scope-types.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type Built, build } from '../xds/build.ts';
import { type Builders, istiodBuilders } from '../xds/builders.ts';
import { contextOf, type ProxyContext } from '../xds/context.ts';
import type { XdsConfig } from '../xds/types.ts';
import { type Equal, newEqual } from './equal.ts';
import { fullSnapshot, nextSnapshot, type ObjectSource } from './next-snapshot.ts';
import { changesOf, isNoise, type ObjectEvent } from './noise.ts';
import { proxyChange } from './proxy-change.ts';
import { type ScopeChange, scopeChange } from './scope-change.ts';
import { type SnapshotChange, snapshotChange } from './snapshot-change.ts';

export interface GeneratorOptions {
  objects: ObjectSource;
  mesh: MeshConfig;
  builders?: Builders;
}

/** What a sidecar announces about itself under this snapshot; undefined when it is no more. */
export type Announce = (snapshot: Snapshot) => MeshProxy | undefined;

export interface Generated {
  proxy: MeshProxy;
  config: XdsConfig;
}

interface Connected {
  announce: Announce;
  built: Built;
}

/**
 * The configuration of every connected sidecar, kept equal to what `xds()` would make of all objects, by making anew only what a
 * change concerns. Pure but for its memory; tell it of every change, in order.
 */
export class PushGenerator {
  readonly #objects: ObjectSource;
  readonly #builders: Builders;
  readonly #connected = new Map<string, Connected>();
  #mesh: MeshConfig;
  /** Read when the first proxy needs it; forgotten when the last has gone. */
  #snapshot: Snapshot | undefined;

  constructor({ objects, mesh, builders = istiodBuilders }: GeneratorOptions) {
    this.#objects = objects;
    this.#mesh = mesh;
    this.#builders = builders;
  }

  /**
   * Connects a sidecar, under the id that it has now; undefined when it does not announce itself. Changes of objects must have been
   * told before.
   */
  connect(announce: Announce): Generated | undefined {
    this.#snapshot ??= fullSnapshot(this.#objects, this.#mesh);
    const proxy = announce(this.#snapshot);
    if (!proxy) return undefined;
    const built = build(contextOf(this.#snapshot, proxy), { builders: this.#builders });
    this.#connected.set(proxy.id, { announce, built });
    return { proxy, config: built.config };
  }

  disconnect(id: string): void {
    this.#connected.delete(id);
    if (this.#connected.size === 0) this.#snapshot = undefined;
  }

  generated(id: string): Generated | undefined {
    const built = this.#connected.get(id)?.built;
    return built && { proxy: built.context.proxy, config: built.config };
  }

  /** Takes in what changed since the last call. */
  update(events: readonly ObjectEvent[], mesh: MeshConfig = this.#mesh): void {
    const before = this.#snapshot;
    const meshChanged = mesh !== this.#mesh;
    this.#mesh = mesh;
    if (!before) return;
    const equal = newEqual();
    const changes = changesOf(events).filter((change) => !isNoise(change, before, equal));
    if (changes.length === 0 && !meshChanged) return;
    const after = meshChanged ? fullSnapshot(this.#objects, mesh) : nextSnapshot(before, changes, this.#objects);
    this.#snapshot = after;
    this.#compare({ before, after, equal });
  }

  #compare({ before, after, equal }: { before: Snapshot; after: Snapshot; equal: Equal }): void {
    const snapshot = snapshotChange(before, after, equal);
    const scopes = new ScopeChanges(snapshot, equal);
    for (const connected of this.#connected.values()) {
      const proxy = connected.announce(after);
      if (!proxy) continue;
      const context = contextOf(after, proxy);
      connected.built = this.#rebuilt(connected.built, context, { before, snapshot, scopes, equal });
    }
  }

  #rebuilt(
    last: Built,
    after: ProxyContext,
    push: { before: Snapshot; snapshot: SnapshotChange; scopes: ScopeChanges; equal: Equal },
  ): Built {
    // A sidecar that had not announced itself for a while: nothing is known of what changed meanwhile.
    if (last.context.snapshot !== push.before) return build(after, { builders: this.#builders });
    const { snapshot, equal } = push;
    const scope = push.scopes.of(last.context.scope, after.scope);
    const change = proxyChange({ before: last.context, after, snapshot, scope, equal });
    return build(after, { builders: this.#builders, from: { before: last, change } });
  }
}

/** Proxies share scopes, so each pair is compared once. */
class ScopeChanges {
  readonly #known = new Map<SidecarScope, Map<SidecarScope, ScopeChange>>();
  readonly #with: { equal: Equal; rulesChanged: boolean };

  constructor({ destinationRules }: SnapshotChange, equal: Equal) {
    this.#with = { equal, rulesChanged: destinationRules };
  }

  of(before: SidecarScope, after: SidecarScope): ScopeChange {
    const known = this.#known.get(before) ?? new Map<SidecarScope, ScopeChange>();
    this.#known.set(before, known);
    const found = known.get(after) ?? scopeChange(before, after, this.#with);
    known.set(after, found);
    return found;
  }
}
