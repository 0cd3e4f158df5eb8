import type { MeshConfig } from '../../istiod/mesh-config.ts';
import { isMeshConfigMap } from '../../istiod/mesh-config-map.ts';
import type { Proxy as MeshProxy } from '../../istiod/proxy.ts';
import { PushGenerator } from '../../istiod/push/generator.ts';
import type { ObjectEvent } from '../../istiod/push/noise.ts';
import { isRead } from '../../istiod/snapshot/kinds.ts';
import { proxyOf } from '../../istiod/snapshot/proxy-of.ts';
import type { XdsConfig } from '../../istiod/xds/types.ts';
import type { PodRef } from '../../kube/runtime.ts';
import type { Store } from '../../kube/store.ts';
import type { Problem } from '../../problem.ts';
import type { LocalConfig, LocalPlace } from '../localise/localise.ts';
import type { BoundListener } from '../localise/place.ts';
import type { XdsServer } from '../xds/types.ts';
import { LiveMeshConfig } from './live-mesh-config.ts';
import { LocalConfigs } from './local-configs.ts';
import type { PodPlaces } from './pod-places.ts';

/** What was last pushed to a proxy. */
export interface Pushed {
  config: XdsConfig;
  bound: BoundListener[];
  problems: Problem[];
}

export interface PushOptions {
  store: Store;
  server: Pick<XdsServer, 'update' | 'remove'>;
  /** Holds where the ConfigMap `istio` does not say otherwise. */
  meshConfig: MeshConfig;
  places: Pick<PodPlaces, 'get' | 'inbound'>;
  /** What is the same for all proxies of the run. */
  run: Pick<LocalPlace, 'runFolder' | 'secret' | 'worldPort' | 'resolveHost'>;
  /** The listeners that a proxy is to bind are others than before. */
  onListeners?(pod: PodRef): void;
}

interface Connected {
  pod: PodRef;
  locals: LocalConfigs;
  local?: LocalConfig;
  pushed?: Pushed;
}

/** Keeps every connected proxy's configuration equal to what the objects say. */
export class Pusher {
  readonly #options: PushOptions;
  readonly #generator: PushGenerator;
  readonly #mesh: LiveMeshConfig;
  readonly #proxies = new Map<string, Connected>();
  readonly #stop: () => void;
  #events: ObjectEvent[] = [];
  #scheduled: NodeJS.Immediate | undefined;

  constructor(options: PushOptions) {
    const { store, meshConfig } = options;
    this.#options = options;
    this.#mesh = new LiveMeshConfig(store, meshConfig);
    this.#generator = new PushGenerator({ objects: store, mesh: this.#mesh.config });
    this.#stop = store.subscribe((event) => {
      if (isRead(event.object)) this.#events.push(event);
      else if (!isMeshConfigMap(event.object)) return;
      this.schedule();
    });
  }

  /** Connects the proxy of a pod and returns it; its first configuration is there when this returns. */
  add(pod: PodRef): MeshProxy | undefined {
    const { store, places } = this.#options;
    this.flush();
    const generated = this.#generator.connect((snapshot) => {
      const object = store.get({ apiVersion: 'v1', kind: 'Pod', ...pod });
      return object && proxyOf(object, snapshot);
    });
    if (!generated) return undefined;
    const { proxy } = generated;
    const connected: Connected = { pod, locals: new LocalConfigs() };
    this.#proxies.set(proxy.id, connected);
    this.#push(proxy.id, connected, places.inbound());
    return proxy;
  }

  /** Whether a change has not been pushed yet. */
  get pending(): boolean {
    return this.#scheduled !== undefined;
  }

  remove(nodeId: string): void {
    this.#generator.disconnect(nodeId);
    this.#proxies.delete(nodeId);
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
    const events = this.#events;
    this.#events = [];
    this.#generator.update(events, this.#mesh.config);
    const inbound = this.#options.places.inbound();
    for (const [nodeId, connected] of this.#proxies) this.#push(nodeId, connected, inbound);
  }

  pushed(nodeId: string): Pushed | undefined {
    return this.#proxies.get(nodeId)?.pushed;
  }

  close(): void {
    this.#stop();
    if (this.#scheduled) clearImmediate(this.#scheduled);
  }

  /** The proxy is told only when something is different on this machine. */
  #push(nodeId: string, connected: Connected, inbound: LocalPlace['inbound']): void {
    const { server, places, run } = this.#options;
    const generated = this.#generator.generated(nodeId);
    const podFolder = places.get(connected.pod)?.folder;
    if (!generated || podFolder === undefined) return;
    const { config, proxy } = generated;
    const local = connected.locals.next(config, proxy, { ...run, podFolder, inbound });
    const problems = [...this.#mesh.problems, ...config.problems, ...local.problems];
    const before = connected.pushed?.bound ?? [];
    connected.pushed = { config, bound: local.bound, problems };
    if (local !== connected.local) server.update(nodeId, local);
    connected.local = local;
    if (!sameListeners(before, local.bound)) this.#options.onListeners?.(connected.pod);
  }
}

const sameListeners = (a: readonly BoundListener[], b: readonly BoundListener[]): boolean =>
  a.length === b.length && a.every(({ name, port }, i) => name === b[i]?.name && port === b[i]?.port);
