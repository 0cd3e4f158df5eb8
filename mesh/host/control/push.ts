import type { MeshConfig } from '../../istiod/mesh-config.ts';
import type { Proxy as MeshProxy } from '../../istiod/proxy.ts';
import { buildSnapshot } from '../../istiod/snapshot/build.ts';
import { isRead, readKinds } from '../../istiod/snapshot/kinds.ts';
import { proxyOf } from '../../istiod/snapshot/proxy-of.ts';
import type { Snapshot } from '../../istiod/snapshot/snapshot.ts';
import type { XdsConfig } from '../../istiod/xds/types.ts';
import { xds } from '../../istiod/xds/xds.ts';
import type { PodRef } from '../../kube/runtime.ts';
import type { Store } from '../../kube/store.ts';
import type { Problem } from '../../problem.ts';
import { type LocalPlace, localise } from '../localise/localise.ts';
import type { BoundListener } from '../localise/place.ts';
import type { XdsServer } from '../xds/types.ts';
import type { PodPlaces } from './pod-places.ts';

const podKind = { apiVersion: 'v1', kind: 'Pod' };

/** What was last pushed to a proxy. */
export interface Pushed {
  config: XdsConfig;
  bound: BoundListener[];
  problems: Problem[];
}

export interface PushOptions {
  store: Store;
  server: XdsServer;
  meshConfig: MeshConfig;
  places: PodPlaces;
  /** What is the same for all proxies of the run. */
  run: Pick<LocalPlace, 'runFolder' | 'secret' | 'worldPort' | 'resolveHost'>;
}

/** Keeps every connected proxy's configuration equal to what the objects say. */
export class Pusher {
  readonly #options: PushOptions;
  readonly #proxies = new Map<string, PodRef>();
  readonly #pushed = new Map<string, Pushed>();
  readonly #stop: () => void;
  #scheduled: NodeJS.Immediate | undefined;

  constructor(options: PushOptions) {
    this.#options = options;
    this.#stop = options.store.subscribe(({ object }) => {
      if (isRead(object)) this.schedule();
    });
  }

  /** Connects the proxy of a pod and returns it; its first configuration is there when this returns. */
  add(pod: PodRef): MeshProxy | undefined {
    const snapshot = this.#snapshot();
    const object = this.#options.store.get({ ...podKind, ...pod });
    if (!object) return undefined;
    const proxy = proxyOf(object, snapshot);
    this.#proxies.set(proxy.id, pod);
    this.#push(snapshot, proxy.id, pod);
    return proxy;
  }

  /** Whether a change has not been pushed yet. */
  get pending(): boolean {
    return this.#scheduled !== undefined;
  }

  remove(nodeId: string): void {
    this.#proxies.delete(nodeId);
    this.#pushed.delete(nodeId);
    this.#options.server.remove(nodeId);
  }

  /** All changes of one turn of the event loop become one push. */
  schedule(): void {
    this.#scheduled ??= setImmediate(() => this.flush());
  }

  /** Pushes now what is scheduled. */
  flush(): void {
    if (!this.#scheduled) return;
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    if (this.#proxies.size === 0) return;
    const snapshot = this.#snapshot();
    for (const [nodeId, pod] of this.#proxies) this.#push(snapshot, nodeId, pod);
  }

  pushed(nodeId: string): Pushed | undefined {
    return this.#pushed.get(nodeId);
  }

  close(): void {
    this.#stop();
    if (this.#scheduled) clearImmediate(this.#scheduled);
  }

  #snapshot(): Snapshot {
    const { store, meshConfig } = this.#options;
    return buildSnapshot(
      readKinds.flatMap((kind) => store.list(kind)),
      meshConfig,
    );
  }

  #push(snapshot: Snapshot, nodeId: string, pod: PodRef): void {
    const { store, server, places, run } = this.#options;
    const object = store.get({ ...podKind, ...pod });
    const podFolder = places.get(pod)?.folder;
    if (!object || podFolder === undefined) return;
    const proxy = proxyOf(object, snapshot);
    const config = xds(snapshot, proxy);
    const local = localise(config, proxy, { ...run, podFolder, inbound: places.inbound() });
    this.#pushed.set(nodeId, { config, bound: local.bound, problems: [...config.problems, ...local.problems] });
    server.update(nodeId, local);
  }
}
