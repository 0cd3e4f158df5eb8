import type { MeshSim } from '../../../mesh/envoy/mesh-sim.ts';
import { isCredentialSource } from '../../../mesh/istiod/ca/credentials.ts';
import type { MeshConfig } from '../../../mesh/istiod/mesh-config.ts';
import { PushGenerator } from '../../../mesh/istiod/push/generator.ts';
import { isRead } from '../../../mesh/istiod/snapshot/kinds.ts';
import { proxyOf } from '../../../mesh/istiod/snapshot/proxy-of.ts';
import type { XdsConfig } from '../../../mesh/istiod/xds/types.ts';
import type { KubeObject } from '../../../mesh/kube/objects.ts';
import type { Store, StoreEvent } from '../../../mesh/kube/store.ts';

export interface ControlPlaneOptions {
  store: Store;
  dataplane: Pick<MeshSim, 'addProxy' | 'removeProxy' | 'update'>;
  meshConfig: MeshConfig;
}

/** istiod: keeps the configuration of every connected proxy equal to what the objects say. */
export class ControlPlane {
  readonly #options: ControlPlaneOptions;
  readonly #generator: PushGenerator;
  /** What the data plane has, by node. */
  readonly #sent = new Map<string, XdsConfig>();
  #events: StoreEvent[] = [];
  #renewed = false;

  constructor(options: ControlPlaneOptions) {
    const { store, meshConfig } = options;
    this.#options = options;
    this.#generator = new PushGenerator({ objects: store, mesh: meshConfig });
    store.subscribe((event) => {
      if (isRead(event.object)) this.#events.push(event);
    });
  }

  connect(pod: KubeObject, nodeId: string): void {
    const { dataplane, store } = this.#options;
    // What this means for the other proxies can wait until all that start now have.
    this.#take();
    const { name, namespace = 'default' } = pod.metadata;
    const generated = this.#generator.connect((snapshot) => {
      const now = store.get({ apiVersion: 'v1', kind: 'Pod', namespace, name });
      return now && proxyOf(now, snapshot);
    });
    if (!generated) return;
    const { proxy, config } = generated;
    this.#sent.set(nodeId, config);
    dataplane.addProxy({ id: proxy.id, ip: proxy.ip, metadata: proxy.metadata });
    dataplane.update(nodeId, config);
  }

  disconnect(nodeId: string): void {
    if (!this.#sent.delete(nodeId)) return;
    this.#generator.disconnect(nodeId);
    this.#options.dataplane.removeProxy(nodeId);
  }

  /** What a proxy has; undefined for one that is not connected. */
  config(nodeId: string): XdsConfig | undefined {
    return this.#generator.generated(nodeId)?.config;
  }

  nodes(): readonly string[] {
    return [...this.#sent.keys()];
  }

  /** Pushes what changed since the last time. */
  flush(): void {
    this.#take();
    const renewed = this.#renewed;
    this.#renewed = false;
    for (const [id, sent] of this.#sent) {
      const now = this.#generator.generated(id)?.config;
      if (!now || (now === sent && !(renewed && now.secrets.some(isCredential)))) continue;
      this.#sent.set(id, now);
      this.#options.dataplane.update(id, now);
    }
  }

  #take(): void {
    const events = this.#events.splice(0);
    if (events.length === 0) return;
    this.#generator.update(events);
    this.#renewed ||= events.some(({ object }) => isCredentialSource(object));
  }
}

/** Named by an object; the workload's own certificates have short names. An update lets the proxy ask for its secrets anew. */
const isCredential = (name: string): boolean => name.includes('://');
