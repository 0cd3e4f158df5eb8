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
  readonly #nodes = new Set<string>();
  #events: StoreEvent[] = [];

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
    this.flush();
    const { name, namespace = 'default' } = pod.metadata;
    const generated = this.#generator.connect((snapshot) => {
      const now = store.get({ apiVersion: 'v1', kind: 'Pod', namespace, name });
      return now && proxyOf(now, snapshot);
    });
    if (!generated) return;
    const { proxy, config } = generated;
    this.#nodes.add(nodeId);
    dataplane.addProxy({ id: proxy.id, ip: proxy.ip, metadata: proxy.metadata });
    dataplane.update(nodeId, config);
  }

  disconnect(nodeId: string): void {
    if (!this.#nodes.delete(nodeId)) return;
    this.#generator.disconnect(nodeId);
    this.#options.dataplane.removeProxy(nodeId);
  }

  /** What a proxy has; undefined for one that is not connected. */
  config(nodeId: string): XdsConfig | undefined {
    return this.#generator.generated(nodeId)?.config;
  }

  nodes(): readonly string[] {
    return [...this.#nodes];
  }

  /** Pushes what changed since the last time. */
  flush(): void {
    const events = this.#events.splice(0);
    if (events.length === 0) return;
    const before = new Map([...this.#nodes].map((id) => [id, this.#generator.generated(id)?.config]));
    this.#generator.update(events);
    const renewed = events.some(({ object }) => isCredentialSource(object));
    for (const [id, config] of before) {
      const now = this.#generator.generated(id)?.config;
      if (now && (now !== config || (renewed && now.secrets.some(isCredential))))
        this.#options.dataplane.update(id, now);
    }
  }
}

/** Named by an object; the workload's own certificates have short names. An update lets the proxy ask for its secrets anew. */
const isCredential = (name: string): boolean => name.includes('://');
