import { equal } from '../../frozen.ts';
import { isTerminating, type Pod, type PodStatus, podKind } from '../../kinds/pod.ts';
import { now } from '../../naming.ts';
import type { ContainerReport } from '../../runtime.ts';
import { setCondition } from '../conditions.ts';
import type { Controller, ControllerDeps, Key } from '../controller.ts';
import { recordEvent } from '../events.ts';
import { type Node, nodeIp, nodeKind } from '../node.ts';
import { type PodAddresses, podAddresses } from './addresses.ts';
import { podStatus } from './status.ts';

/** Runs the pods that have a node, and is the only writer of their status but for PodScheduled. */
export const kubeletController: Controller = {
  name: 'kubelet',
  watches: [{ kind: podKind }],
  start: (deps) => new Kubelet(deps),
};

/** A pod that was handed to the runtime. */
interface Running {
  uid: string;
  reports: Map<string, ContainerReport>;
  stopping: boolean;
}

class Kubelet {
  readonly #deps: ControllerDeps;
  readonly #addresses: PodAddresses;
  readonly #running = new Map<string, Running>();

  constructor(deps: ControllerDeps) {
    this.#deps = deps;
    this.#addresses = podAddresses(deps.store);
  }

  reconcile(key: Key): void {
    const pod = this.#deps.store.get({ ...podKind, ...key }) as Pod | undefined;
    const running = this.#running.get(id(key));
    if (running?.stopping) return;
    if (running && running.uid !== pod?.metadata.uid) this.#stop(key, { running, grace: 0 });
    else if (pod && isTerminating(pod)) this.#end(pod, key, running);
    else if (pod?.spec?.nodeName && running) this.#writeStatus(key, running);
    else if (pod?.spec?.nodeName && pod.status?.phase !== 'Failed') this.#start(pod, key);
  }

  #start(pod: Pod, key: Key): void {
    const placed = this.#withAddress(pod);
    if (!placed) return;
    const running: Running = { uid: pod.metadata.uid ?? '', reports: new Map(), stopping: false };
    this.#running.set(id(key), running);
    const report = (container: ContainerReport) => {
      running.reports.set(container.container, container);
      if (this.#running.get(id(key)) === running) this.#deps.requeue(key);
    };
    this.#deps.track(
      this.#deps.runtime.start(placed, report).catch((error: unknown) => this.#failed(key, running, error)),
    );
  }

  /** The runtime could not start the pod: told as the kubelet does, by states and an Event. */
  #failed(key: Key, running: Running, error: unknown): void {
    const pod = this.#deps.store.get({ ...podKind, ...key }) as Pod | undefined;
    if (!pod || pod.metadata.uid !== running.uid) return;
    const message = error instanceof Error ? error.message : String(error);
    for (const { name } of [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]) {
      if (running.reports.has(name)) continue;
      const report = { container: name, ready: false, restarts: 0, reason: 'RunContainerError', message };
      running.reports.set(name, { ...report, state: 'waiting' });
    }
    recordEvent(this.#deps, pod, { type: 'Warning', reason: 'Failed', message, component: 'kubelet' });
    this.#deps.requeue(key);
  }

  #withAddress(pod: Pod): Pod | undefined {
    const { store, clock } = this.#deps;
    const node = store.get({ ...nodeKind, name: pod.spec?.nodeName ?? '' }) as Node | undefined;
    if (!node) return undefined;
    const hostIP = nodeIp(node);
    const podIP = pod.spec?.hostNetwork ? hostIP : (pod.status?.podIP ?? this.#addresses.next(node));
    const time = now(clock);
    const status: PodStatus = {
      ...podStatus(pod, new Map(), time),
      ...{
        podIP,
        podIPs: [{ ip: podIP }],
        hostIP,
        hostIPs: [{ ip: hostIP }],
        startTime: pod.status?.startTime ?? time,
      },
    };
    return store.update({ ...pod, status: scheduled(status, time) }, { subresource: 'status' }) as Pod;
  }

  #writeStatus(key: Key, running: Running): void {
    const { store, clock } = this.#deps;
    const pod = store.get({ ...podKind, ...key }) as Pod | undefined;
    if (!pod) return;
    const status = podStatus(pod, running.reports, now(clock));
    if (!equal(status, pod.status)) store.update({ ...pod, status }, { subresource: 'status' });
  }

  #end(pod: Pod, key: Key, running: Running | undefined): void {
    const grace = pod.metadata.deletionGracePeriodSeconds ?? 0;
    if (running) this.#stop(key, { running, grace });
    else this.#remove(key, pod.metadata.uid ?? '');
  }

  #stop(key: Key, { running, grace }: { running: Running; grace: number }): void {
    running.stopping = true;
    const stopped = this.#deps.runtime.stop(key, grace).then(() => {
      this.#running.delete(id(key));
      this.#remove(key, running.uid);
      // A pod of the same name may have come meanwhile.
      this.#deps.requeue(key);
    });
    this.#deps.track(stopped);
  }

  /** Ends the pod's grace period: nothing of it runs any more. */
  #remove(key: Key, uid: string): void {
    const pod = this.#deps.store.get({ ...podKind, ...key });
    if (pod?.metadata.uid !== uid || !isTerminating(pod as Pod)) return;
    this.#deps.store.delete({ ...podKind, ...key }, { gracePeriodSeconds: 0 });
  }
}

const id = (key: Key) => `${key.namespace}/${key.name}`;

/** Pods that came with a nodeName never met the scheduler. */
const scheduled = (status: PodStatus, time: string): PodStatus => ({
  ...status,
  conditions: setCondition(status.conditions ?? [], { type: 'PodScheduled', status: 'True' }, time),
});
