import type { MeshSim, Trace } from '../../../mesh/envoy/mesh-sim.ts';
import type { KubeApi } from '../../../mesh/kube/api.ts';
import type { Controllers } from '../../../mesh/kube/controllers/start.ts';
import type { FirstState } from '../../../mesh/kube/first-state.ts';
import { isReady, type Pod } from '../../../mesh/kube/kinds/pod.ts';
import type { ProxyAdmin, ProxyStatus } from '../../../mesh/kube/proxy-admin.ts';
import type { PodRef } from '../../../mesh/kube/runtime.ts';
import type { Store } from '../../../mesh/kube/store.ts';
import { whyNotReady } from '../../../mesh/kube/why-not-ready.ts';
import { type Problem, ProblemError } from '../../../mesh/problem.ts';
import type { Observation } from '../../observe/observation.ts';
import { isFromEdge } from '../edge.ts';
import { noSender } from '../no-sender.ts';
import type { LoopDelay, Mesh, TrafficPlan } from '../place.ts';
import type { ControlPlane } from './control-plane.ts';
import { edgeSender } from './edge.ts';
import { podKey, type SimPodRuntime } from './pod-runtime.ts';
import type { ServiceAddresses } from './services.ts';
import { sendVirtual } from './traffic.ts';

export interface SimParts {
  api: KubeApi;
  store: Store;
  dataplane: MeshSim;
  control: ControlPlane;
  controllers: Controllers;
  runtime: SimPodRuntime;
  services: ServiceAddresses;
  first: FirstState;
  versions: { [component: string]: string };
  /** When virtual time begins, milliseconds since 1970. */
  epoch: number;
}

const pods = { apiVersion: 'v1', kind: 'Pod' };

/** Lets controllers, control plane and proxies do all that follows from the objects as they are. */
export async function comeToRest(parts: SimParts, signal: AbortSignal): Promise<void> {
  const { controllers, control, services, dataplane, store } = parts;
  for (let revision = -1; revision !== store.revision; ) {
    signal.throwIfAborted();
    revision = store.revision;
    await controllers.idle();
    control.flush();
    services.renew();
  }
  await dataplane.run();
}

/** A simulated mesh as the runner sees it. */
export class OpenedSim implements Mesh {
  readonly api: KubeApi;
  readonly versions: { [component: string]: string };
  readonly parts: SimParts;
  /** Of the last traffic of each name, by position in it, the index of the request in the data plane. */
  readonly #indices = new Map<string, number[]>();
  #sent = 0;

  constructor(parts: SimParts) {
    this.parts = parts;
    this.api = parts.api;
    this.versions = parts.versions;
  }

  admin(pod: PodRef): ProxyAdmin {
    const nodeId = this.parts.runtime.pods.get(podKey(pod))?.nodeId;
    if (nodeId === undefined) throw new ProblemError({ what: `pod ${pod.name}.${pod.namespace} has no proxy` });
    const admin = this.parts.dataplane.admin(nodeId);
    return {
      configDump: async (options) => admin.configDump(options),
      clusters: async () => admin.clusters(),
      stats: async (filter) => admin.stats(filter),
      certificates: async () => admin.certificates(),
      logging: async () => '',
      status: async () => statusOf(admin.rejections()),
    };
  }

  /** Nothing takes time here but what controllers still have to do. */
  async settle(_deadlineMs: number, signal: AbortSignal): Promise<void> {
    await comeToRest(this.parts, signal);
    this.#refuseUnsettled();
  }

  async *send(given: TrafficPlan, signal: AbortSignal): AsyncIterable<Observation> {
    const { store, runtime, dataplane, epoch } = this.parts;
    // Connections belong to one traffic, as everywhere: one kept since before a listener was replaced would still use the old one.
    const plan = { ...given, id: `${given.id} ${this.#sent++}` };
    const indices: number[] = [];
    this.#indices.set(given.id, indices);
    const sent = (position: number, index: number) => {
      indices[position] = index;
    };
    if (isFromEdge(plan)) {
      yield* sendVirtual({ ...edgeSender({ store, dataplane, epoch }, plan), sent }, plan, signal);
      return;
    }
    const { app, namespace } = plan.from;
    const [pod] = store.list(pods, { namespace, labelSelector: `app=${app}` });
    const place = pod && runtime.pods.get(podKey({ namespace, name: pod.metadata.name }));
    if (!place) throw noSender({ app, namespace });
    yield* sendVirtual({ dataplane, ip: place.ip, namespace, sent }, plan, signal);
  }

  /** What happened to a request of the traffic that was last sent under this name; undefined when there was none. */
  async trace(traffic: string, position: number): Promise<Trace | undefined> {
    const index = this.#indices.get(traffic)?.[position];
    return index === undefined ? undefined : this.parts.dataplane.replay(index);
  }

  /** Virtual time does not wait for this process. */
  async loopDelays(): Promise<LoopDelay[]> {
    return [];
  }

  async reset(): Promise<void> {
    await this.parts.first.restore(new AbortController().signal);
    await this.settle(0, new AbortController().signal);
  }

  async close(): Promise<void> {
    this.parts.controllers.stop();
  }

  #refuseUnsettled(): void {
    const { store, control, dataplane } = this.parts;
    const waiting = store.list(pods).filter((pod) => !isReady(pod as Pod));
    const problems: Problem[] = [
      ...waiting.map((pod) => ({
        what: `pod ${pod.metadata.name}.${pod.metadata.namespace} is not ready: ${whyNotReady(pod)}`,
        where: { object: `Pod ${pod.metadata.namespace}/${pod.metadata.name}` },
      })),
      ...control.nodes().flatMap((id) => dataplane.admin(id).rejections()),
    ];
    const [first, ...rest] = problems;
    if (first) throw new ProblemError(first, ...rest);
  }
}

const statusOf = (rejections: readonly Problem[]): ProxyStatus => {
  const state = rejections.length > 0 ? 'REJECTED' : 'SYNCED';
  const said = rejections.map((problem) => problem.what);
  return { listeners: state, routes: state, clusters: state, endpoints: state, rejections: said };
};
