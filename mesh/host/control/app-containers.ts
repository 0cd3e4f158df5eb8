import { isObject, type JsonObject, objects, strings } from '../../json.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { containersOf, initContainer, proxyContainer } from '../../kube/pod-proxy.ts';
import type { ContainerReport, LogOptions, PodRef } from '../../kube/runtime.ts';
import { findWorkload, knownImages } from '../../workloads/registry.ts';
import type { AppSpec, Apps } from '../apps/types.ts';
import { appSocket } from '../localise/place.ts';
import type { PodPlace } from './pod-places.ts';

type Report = (container: ContainerReport) => void;

/** The containers of a pod that are apps (all but the proxy), in the apps process. */
export class AppContainers {
  readonly #apps: Apps;
  readonly #seed: number;
  /** Ids in the apps process by pod, in the order of the pod's containers. */
  readonly #ids = new Map<string, string[]>();

  constructor(apps: Apps, seed: number) {
    this.#apps = apps;
    this.#seed = seed;
  }

  async start(pod: KubeObject, place: PodPlace, report: Report): Promise<void> {
    const containers = containersOf(pod).filter((c) => c.name !== proxyContainer && c.name !== initContainer);
    const isOnly = containers.length === 1;
    const started = containers.map((container) =>
      this.#startOne({ ...this.#spec(pod, place, container), ...(isOnly && { folder: place.folder }) }, report),
    );
    this.#ids.set(
      key(place.ref),
      (await Promise.all(started)).filter((id) => id !== undefined),
    );
  }

  async stop(pod: PodRef, graceMs: number): Promise<void> {
    const ids = this.#ids.get(key(pod)) ?? [];
    this.#ids.delete(key(pod));
    await Promise.all(ids.map((id) => this.#apps.stop(id, graceMs)));
  }

  async *logs(pod: PodRef, options: LogOptions): AsyncIterable<string> {
    const ids = this.#ids.get(key(pod)) ?? [];
    const id = options.container ? ids.find((i) => i.endsWith(`/${options.container}`)) : ids[0];
    if (id) yield* this.#apps.logs(id, options);
  }

  async #startOne(spec: AppSpec, report: Report): Promise<string | undefined> {
    const container = spec.container;
    if (!findWorkload(spec.image)) {
      const message = `no workload for image "${spec.image}"; known images: ${knownImages.join(', ')}`;
      report({ container, state: 'waiting', ready: false, restarts: 0, reason: 'ImagePullBackOff', message });
      return undefined;
    }
    await this.#apps.start(spec);
    report({ container, state: 'running', ready: true, restarts: 0 });
    return spec.id;
  }

  #spec(pod: KubeObject, place: PodPlace, container: JsonObject): AppSpec {
    const { ref, ip, folder } = place;
    const name = String(container.name);
    const ports = objects(container.ports).map((p) => Number(p.containerPort));
    return {
      id: `${ref.namespace}/${ref.name}/${name}`,
      pod: {
        ...ref,
        ip,
        labels: pod.metadata.labels ?? {},
        serviceAccount: String(pod.spec?.serviceAccountName ?? 'default'),
      },
      container: name,
      image: String(container.image),
      args: [...strings(container.command), ...strings(container.args)],
      env: Object.fromEntries(
        objects(container.env).flatMap((e) => (isObject(e.valueFrom) ? [] : [[String(e.name), String(e.value ?? '')]])),
      ),
      sockets: Object.fromEntries(ports.map((port) => [port, appSocket(folder, port)])),
      dial: { ...place.uplink, sourceIp: ip },
      seed: this.#seed,
    };
  }
}

const key = (pod: PodRef): string => `${pod.namespace}/${pod.name}`;
