import type { AppPort, AppWorld, MeshSim } from '../../../mesh/envoy/mesh-sim.ts';
import { podProxyId } from '../../../mesh/istiod/proxy.ts';
import { isObject, type JsonObject, objects, strings } from '../../../mesh/json.ts';
import { ApiError } from '../../../mesh/kube/api.ts';
import type { KubeObject } from '../../../mesh/kube/objects.ts';
import { containersOf, initContainer, proxyContainer } from '../../../mesh/kube/pod-proxy.ts';
import type {
  ByteStream,
  ContainerReport,
  ExecResult,
  LogOptions,
  PodRef,
  PodRuntime,
} from '../../../mesh/kube/runtime.ts';
import { parseImage } from '../../../mesh/workloads/image.ts';
import { findWorkload, knownImages } from '../../../mesh/workloads/registry.ts';
import type { PortServer, Workload, WorkloadContext } from '../../../mesh/workloads/workload.ts';

/** A pod of the simulation: where it is, whose proxy stands before it, what its containers wrote. */
export interface SimPod {
  ref: PodRef;
  ip: string;
  nodeId?: string;
  logs: Map<string, string[]>;
}

export interface SimRuntimeOptions {
  dataplane: Pick<MeshSim, 'attach' | 'detach'>;
  /** Connects the proxy of a pod to the control plane; its first configuration is in use when this returns. */
  connect(pod: KubeObject, nodeId: string): void;
  disconnect(nodeId: string): void;
  /** Stands for every image that no workload of the registry stands for; without it those cannot be pulled. */
  anyImage?: Workload;
}

type Report = (container: ContainerReport) => void;

/** Pods as handlers in this process, under the virtual clock. */
export class SimPodRuntime implements PodRuntime {
  readonly #options: SimRuntimeOptions;
  readonly pods = new Map<string, SimPod>();

  constructor(options: SimRuntimeOptions) {
    this.#options = options;
  }

  async start(pod: KubeObject, report: Report): Promise<void> {
    const ref = { namespace: pod.metadata.namespace ?? 'default', name: pod.metadata.name };
    const ip = String(pod.status?.podIP ?? '');
    const proxied = containersOf(pod).some((c) => c.name === proxyContainer);
    const place: SimPod = { ref, ip, logs: new Map(), ...(proxied ? { nodeId: podProxyId(pod, ip) } : {}) };
    this.pods.set(podKey(ref), place);
    this.#startApps(pod, place, report);
    if (place.nodeId === undefined) return;
    this.#options.connect(pod, place.nodeId);
    report({ container: proxyContainer, state: 'running', ready: true, restarts: 0 });
  }

  async stop(pod: PodRef): Promise<void> {
    const place = this.pods.get(podKey(pod));
    if (!place) return;
    this.pods.delete(podKey(pod));
    if (place.nodeId !== undefined) this.#options.disconnect(place.nodeId);
    this.#options.dataplane.detach(place.ip);
  }

  async *logs(pod: PodRef, { container, tailLines }: LogOptions): AsyncIterable<string> {
    const logs = this.pods.get(podKey(pod))?.logs;
    const lines = (container === undefined ? [...(logs?.values() ?? [])][0] : logs?.get(container)) ?? [];
    yield* tailLines === undefined ? lines : lines.slice(Math.max(0, lines.length - tailLines));
  }

  exec({ name, namespace }: PodRef): Promise<ExecResult> {
    return Promise.reject(notHere(`commands cannot be run in pod ${name}.${namespace}`));
  }

  dial({ name, namespace }: PodRef): Promise<ByteStream> {
    return Promise.reject(notHere(`ports of pod ${name}.${namespace} cannot be dialled`));
  }

  #startApps(pod: KubeObject, place: SimPod, report: Report): void {
    const containers = containersOf(pod).filter((c) => c.name !== proxyContainer && c.name !== initContainer);
    const { anyImage } = this.#options;
    const workloads = new Map(containers.map((c) => [c, findWorkload(String(c.image)) ?? anyImage]));
    const known = containers.filter((c) => reported(c, workloads.get(c), report));
    this.#options.dataplane.attach(place.ip, place.ref.namespace, (world) =>
      Object.assign(
        {},
        ...known.map((container) => servers(pod, { place, container, workload: workloads.get(container), world })),
      ),
    );
  }
}

export const podKey = (pod: PodRef): string => `${pod.namespace}/${pod.name}`;

const notHere = (what: string) => new ApiError(501, 'NotImplemented', `${what}: place sim has no shell yet`);

/** Whether the container runs; an image that no workload stands for is one that cannot be pulled. */
function reported(container: JsonObject, workload: Workload | undefined, report: Report): boolean {
  const name = String(container.name);
  if (workload) {
    report({ container: name, state: 'running', ready: true, restarts: 0 });
    return true;
  }
  const message = `no workload for image "${container.image}"; known images: ${knownImages.join(', ')}`;
  report({ container: name, state: 'waiting', ready: false, restarts: 0, reason: 'ImagePullBackOff', message });
  return false;
}

interface Started {
  place: SimPod;
  container: JsonObject;
  workload: Workload | undefined;
  world: AppWorld;
}

function servers(pod: KubeObject, started: Started): { [port: number]: AppPort } {
  const ctx = contextOf(pod, started);
  return Object.fromEntries(
    Object.entries(started.workload?.ports(ctx) ?? {}).map(([port, server]) => [port, appPort(server, ctx)]),
  );
}

const appPort = (server: PortServer, ctx: WorkloadContext): AppPort =>
  server.protocol === 'http'
    ? { protocol: 'http', handle: (request) => server.handle(request, ctx) }
    : { protocol: 'tcp', serve: (connection) => server.serve(connection, ctx) };

function contextOf(pod: KubeObject, { place, container, world }: Started): WorkloadContext {
  const lines: string[] = [];
  if (!world.replaying) place.logs.set(String(container.name), lines);
  const env = objects(container.env).filter((e) => !isObject(e.valueFrom));
  const { name, tag } = parseImage(String(container.image));
  return {
    env: Object.fromEntries(env.map((e) => [String(e.name), String(e.value ?? '')])),
    args: [...strings(container.command), ...strings(container.args)],
    image: { name, tag },
    pod: {
      ...place.ref,
      ip: place.ip,
      labels: pod.metadata.labels ?? {},
      serviceAccount: String(pod.spec?.serviceAccountName ?? 'default'),
    },
    fetch: world.fetch,
    connect: () => Promise.reject(notHere('TCP connections of apps cannot be made')),
    sleep: world.sleep,
    random: world.random,
    now: world.now,
    log: (line) => lines.push(line),
  };
}
