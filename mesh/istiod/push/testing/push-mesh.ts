import type { KindRef, KubeObject } from '../../../kube/objects.ts';
import { installedMeshConfig, type MeshConfig } from '../../mesh-config.ts';
import { proxyOf } from '../../snapshot/proxy-of.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { type Builders, istiodBuilders, type Part } from '../../xds/builders.ts';
import type { XdsConfig } from '../../xds/types.ts';
import { xds } from '../../xds/xds.ts';
import { type Announce, PushGenerator } from '../generator.ts';
import { fullSnapshot } from '../next-snapshot.ts';
import type { ObjectEvent } from '../noise.ts';

const idOf = ({ kind, metadata: { namespace = '', name } }: KubeObject): string => `${kind} ${namespace}/${name}`;

/** The sidecar of a pod, for as long as the pod is there. */
export const sidecarOf =
  (pod: string): Announce =>
  (snapshot) => {
    const found = snapshot.pods.byName.get(pod);
    return found && proxyOf(found, snapshot);
  };

/** A mesh of objects whose changes are pushed; counts what is built for each proxy (`shop/web-v1`). */
export class PushMesh {
  readonly generator: PushGenerator;
  mesh: MeshConfig;
  readonly #objects = new Map<string, KubeObject>();
  readonly #connected = new Map<string, { announce: Announce; id: string }>();
  #events: ObjectEvent[] = [];
  #built = new Set<string>();

  constructor(objects: readonly KubeObject[], mesh: MeshConfig = installedMeshConfig()) {
    for (const object of objects) this.#objects.set(idOf(object), object);
    this.mesh = mesh;
    this.generator = new PushGenerator({ objects: this, mesh, builders: this.#counting() });
  }

  /** In the order of etcd's keys, as a Store. */
  list({ apiVersion, kind }: KindRef): readonly KubeObject[] {
    return [...this.#objects]
      .filter(([, object]) => object.kind === kind && object.apiVersion === apiVersion)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => object);
  }

  connect(...pods: string[]): this {
    for (const pod of pods) this.connectAs(pod, sidecarOf(pod));
    return this;
  }

  connectAs(name: string, announce: Announce): void {
    const id = this.generator.connect(announce)?.proxy.id;
    if (id !== undefined) this.#connected.set(name, { announce, id });
    this.#built = new Set();
  }

  config(name: string): XdsConfig | undefined {
    return this.generator.generated(this.#connected.get(name)?.id ?? '')?.config;
  }

  /** Creates or replaces; what was there keeps its age. */
  put(given: KubeObject): void {
    const previous = this.#objects.get(idOf(given));
    const { creationTimestamp } = (previous ?? given).metadata;
    const object = { ...given, metadata: { ...given.metadata, ...(creationTimestamp ? { creationTimestamp } : {}) } };
    this.#objects.set(idOf(object), object);
    this.#events.push(previous ? { type: 'MODIFIED', object, previous } : { type: 'ADDED', object });
  }

  remove(like: KubeObject): void {
    const object = this.#objects.get(idOf(like));
    if (!object) return;
    this.#objects.delete(idOf(like));
    this.#events.push({ type: 'DELETED', object, previous: object });
  }

  /** Pushes what was changed; returns what was built: `shop/web-v1 listeners`, endpoints with their clusters. */
  push(): string[] {
    this.#built = new Set();
    const events = this.#events;
    this.#events = [];
    this.generator.update(events, this.mesh);
    return [...this.#built].sort();
  }

  /** The kept configurations beside those that are made of all objects at once. */
  compared(): { name: string; kept: XdsConfig; fresh: XdsConfig }[] {
    const snapshot: Snapshot = fullSnapshot(this, this.mesh);
    return [...this.#connected].flatMap(([name, { announce }]) => {
      const proxy = announce(snapshot);
      const kept = this.config(name);
      return proxy && kept ? [{ name, kept, fresh: xds(snapshot, proxy) }] : [];
    });
  }

  #counting(): Builders {
    const count = (part: Part, { proxy }: { proxy: { namespace: string; name: string } }, more = '') => {
      this.#built.add(`${proxy.namespace}/${proxy.name} ${part}${more}`);
    };
    return {
      listeners: (context) => {
        count('listeners', context);
        return istiodBuilders.listeners(context);
      },
      clusters: (context) => {
        count('clusters', context);
        return istiodBuilders.clusters(context);
      },
      routes: (context, names) => {
        count('routes', context);
        return istiodBuilders.routes(context, names);
      },
      endpoints: (context, names) => {
        for (const name of names) count('endpoints', context, ` ${name}`);
        return istiodBuilders.endpoints(context, names);
      },
    };
  }
}
