import { mkdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { podProxyId, typeOfProxy } from '../../istiod/proxy.ts';
import { ApiError } from '../../kube/api.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { containersOf, proxyContainer } from '../../kube/pod-proxy.ts';
import type { ByteStream, ContainerReport, ExecResult, LogOptions, PodRef, PodRuntime } from '../../kube/runtime.ts';
import type { Uplink } from '../../world/dial.ts';
import type { Apps } from '../apps/types.ts';
import { appSocket, captureSocket } from '../localise/place.ts';
import { AppContainers } from './app-containers.ts';
import type { PodPlace, PodPlaces } from './pod-places.ts';
import { type Proxies, proxied } from './proxies.ts';
import { ProxyLog } from './proxy-log.ts';

export interface PodRuntimeOptions {
  runFolder: string;
  places: PodPlaces;
  proxies: Proxies;
  apps: Apps;
  /** Way out of pods without proxy. */
  worldUplink: Uplink;
  seed: number;
}

interface RunningPod {
  place: PodPlace;
  proxyLog: ProxyLog;
  abort: AbortController;
}

/** Pods as processes and sockets of this machine: apps in the apps process, each proxy an Envoy. */
export class HostPodRuntime implements PodRuntime {
  readonly #options: PodRuntimeOptions;
  readonly #containers: AppContainers;
  readonly #pods = new Map<string, RunningPod>();
  #next = 0;

  constructor(options: PodRuntimeOptions) {
    this.#options = options;
    this.#containers = new AppContainers(options.apps, options.seed);
  }

  async start(pod: KubeObject, report: (container: ContainerReport) => void): Promise<void> {
    const running = await this.#place(pod);
    const { place, proxyLog, abort } = running;
    const starting = this.#containers.start(pod, place, report);
    if (place.nodeId !== undefined)
      await this.#options.proxies.start(pod, proxied(place, place.ref), {
        log: proxyLog,
        report,
        signal: abort.signal,
      });
    await starting;
  }

  async stop(pod: PodRef, graceSeconds: number): Promise<void> {
    const running = this.#pods.get(key(pod));
    if (!running) return;
    const { place } = running;
    running.abort.abort();
    // The proxy goes first: it drains what runs through it, while the app can still answer.
    if (place.nodeId !== undefined) await this.#options.proxies.stop(proxied(place, pod), graceSeconds);
    await this.#containers.stop(pod, graceSeconds * 1000);
    running.proxyLog.end();
    this.#options.places.remove(pod);
    this.#pods.delete(key(pod));
    await rm(place.folder, { recursive: true, force: true });
  }

  /** Ends every pod at once, without grace. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.#pods.values()].map(({ place }) => this.stop(place.ref, 0)));
  }

  async *logs(pod: PodRef, options: LogOptions): AsyncIterable<string> {
    if (options.container !== proxyContainer) {
      yield* this.#containers.logs(pod, options);
      return;
    }
    yield* this.#running(pod).proxyLog.lines(options);
  }

  exec(pod: PodRef): Promise<ExecResult> {
    const { name, namespace } = pod;
    const message = `commands cannot be run in pod ${name}.${namespace} yet: place local has no shell`;
    return Promise.reject(new ApiError(501, 'NotImplemented', message));
  }

  dial(pod: PodRef, port: number): Promise<ByteStream> {
    const socket = connect(appSocket(this.#running(pod).place.folder, port));
    return Promise.resolve(Duplex.toWeb(socket) as ByteStream);
  }

  #running(pod: PodRef): RunningPod {
    const running = this.#pods.get(key(pod));
    if (running) return running;
    throw new ApiError(404, 'NotFound', `pods "${pod.name}" is not running`);
  }

  async #place(pod: KubeObject): Promise<RunningPod> {
    const { runFolder, places, worldUplink } = this.#options;
    const ref = { namespace: pod.metadata.namespace ?? 'default', name: pod.metadata.name };
    // Short names: the path of a Unix socket has about 100 bytes at most.
    const folder = join(runFolder, `p${this.#next++}`);
    await mkdir(folder, { mode: 0o700 });
    const hasProxy = containersOf(pod).some((c) => c.name === proxyContainer);
    const ip = String(pod.status?.podIP ?? '');
    const nodeId = hasProxy ? podProxyId(pod, ip) : undefined;
    // Only sidecars capture: what else is in the pod of a gateway leaves by itself.
    const captures = nodeId !== undefined && typeOfProxy(nodeId) === 'sidecar';
    const place: PodPlace = {
      ref,
      ip,
      folder,
      bound: new Map(),
      uplink: captures ? { socket: captureSocket(folder) } : worldUplink,
      ...(nodeId === undefined ? {} : { nodeId }),
    };
    const running = { place, proxyLog: new ProxyLog(), abort: new AbortController() };
    places.add(place);
    this.#pods.set(key(ref), running);
    return running;
  }
}

const key = (pod: PodRef): string => `${pod.namespace}/${pod.name}`;
