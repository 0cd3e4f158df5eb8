import { setTimeout as sleep } from 'node:timers/promises';
import type { SecretManager } from '../../istiod/ca/secret-manager.ts';
import { type Proxy as MeshProxy, typeOfProxy } from '../../istiod/proxy.ts';
import { spiffeId } from '../../istiod/spiffe.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { proxyContainer } from '../../kube/pod-proxy.ts';
import type { ProxyAdmin } from '../../kube/proxy-admin.ts';
import type { ContainerReport, PodRef } from '../../kube/runtime.ts';
import { ProblemError } from '../../problem.ts';
import { bootstrap } from '../envoy/bootstrap.ts';
import { statsOf } from '../envoy/istio-metrics.ts';
import { startEnvoy } from '../envoy/process.ts';
import type { EnvoyExit, EnvoyLog, EnvoyProcess } from '../envoy/types.ts';
import type { RunFolder } from '../run/run-folder.ts';
import type { XdsServer } from '../xds/types.ts';
import type { Failures } from './failures.ts';
import type { PodPlace } from './pod-places.ts';
import type { ProxyLog } from './proxy-log.ts';
import type { Pusher } from './push.ts';

export interface ProxiesOptions {
  binary: string;
  folder: RunFolder;
  server: XdsServer;
  secrets: SecretManager;
  pusher: Pusher;
  failures: Failures;
  trustDomain: string;
  /** Ports of a proxy were bound or given up. */
  onBound(): void;
}

interface Running {
  envoy: EnvoyProcess;
  proxy: MeshProxy;
  stopping: boolean;
  /** Aborted when the listeners are followed anew, or no more. */
  following?: AbortController;
}

const drainMs = 2_000;
const stopMs = 3_000;
const pollMs = 20;
/** How long after its sockets broke the end of a process may be heard of. */
const deathMs = 1_000;

/** One Envoy per proxied pod: certificate, first configuration, process, bound ports; and its end. */
export class Proxies {
  readonly #options: ProxiesOptions;
  readonly #running = new Map<string, Running>();

  constructor(options: ProxiesOptions) {
    this.#options = options;
  }

  /** The admin interface of a running proxy; throws a ProblemError when it does not run. */
  admin(nodeId: string): ProxyAdmin {
    const running = this.#running.get(nodeId);
    if (!running) throw new ProblemError({ what: `the proxy ${nodeId.split('~')[2]} does not run` });
    const { envoy, proxy } = running;
    const { admin } = envoy;
    const ends = { own: proxy.metadata, nodeAt: (ip: string) => this.#at(ip)?.metadata };
    const tell = <T>(answer: Promise<T>): Promise<T> => answer.catch((error: unknown) => this.#blame(envoy, error));
    return {
      configDump: (options) => tell(admin.configDump(options)),
      clusters: () => tell(admin.clusters()),
      stats: (filter) => tell(statsOf(admin, filter, ends)),
      certificates: () => tell(admin.certificates()),
      logging: (levels) => tell(admin.logging(levels)),
      status: async () => this.#options.server.status(nodeId),
    };
  }

  /** Resolves when the proxy is ready and its bound ports are known. */
  async start(pod: KubeObject, place: Proxied, io: ProxyIo): Promise<void> {
    const { secrets, pusher, trustDomain } = this.#options;
    const { nodeId, ref } = place;
    const account = String(pod.spec?.serviceAccountName ?? 'default');
    await secrets.secrets(nodeId, spiffeId(trustDomain, ref.namespace, account));
    const proxy = pusher.add(ref);
    if (!proxy || io.signal.aborted) return;
    const envoy = await this.#spawn(proxy, place, io.log);
    const running: Running = { envoy, proxy, stopping: false };
    this.#running.set(nodeId, running);
    void envoy.exited.then((exit) => this.#ended(place, { running, exit, io }));
    io.report({ container: proxyContainer, state: 'running', ready: false, restarts: 0 });
    await envoy.ready(io.signal);
    await this.#readBound(place);
    this.follow(place);
    io.report({ container: proxyContainer, state: 'running', ready: true, restarts: 0 });
  }

  /**
   * Resolves when no old listener or filter chain of the proxy is in use any more: a connection that was accepted under
   * the old configuration lives on until then. Envoy tells nobody, so its gauges are asked.
   */
  async drained(nodeId: string, signal: AbortSignal): Promise<void> {
    const admin = this.admin(nodeId);
    for (;;) {
      const gauges = await admin.stats('^listener_manager\\.total_(listeners|filter_chains)_draining$');
      if ([...gauges.values()].every((value) => value === 0)) return;
      await sleep(pollMs, undefined, { signal });
    }
  }

  /** Resolves when every listener that the proxy was given is bound: Envoy waits for its routes and secrets first, and tells nobody. */
  async bound(place: Proxied, signal: AbortSignal): Promise<void> {
    // What a sidecar binds stays as it was at its start.
    if (typeOfProxy(place.nodeId) === 'sidecar' && this.unbound(place).length === 0) return;
    for (;;) {
      await this.#readBound(place);
      if (this.unbound(place).length === 0) return;
      await sleep(pollMs, undefined, { signal });
    }
  }

  /** Ports of the proxy's listeners, as istiod names them, that Envoy has not bound yet. */
  unbound({ nodeId, bound }: Proxied): number[] {
    const given = this.#options.pusher.pushed(nodeId)?.bound ?? [];
    return this.#running.has(nodeId) ? given.map((l) => l.port).filter((port) => !bound.has(port)) : [];
  }

  /** A gateway's listeners come and go: their ports are read anew also when nobody waits for them. */
  follow(place: Proxied): void {
    const running = this.#running.get(place.nodeId);
    if (!running) return;
    running.following?.abort();
    running.following = new AbortController();
    const { signal } = running.following;
    // Rejects when followed anew or stopped, or with an Envoy that died, which is told by its end.
    void this.#options.server
      .settled(place.nodeId, signal)
      .then(({ accepted }) => (accepted ? this.bound(place, signal) : this.#readBound(place)))
      .catch(() => {});
  }

  /** Reads the ports that Envoy bound for listeners with port 0; when they differ, every proxy that may dial them is told. */
  async #readBound({ nodeId, bound }: Proxied): Promise<void> {
    const { pusher } = this.#options;
    const ports = await this.#running.get(nodeId)?.envoy.admin.boundPorts();
    const given = pusher.pushed(nodeId)?.bound ?? [];
    const now = new Map(given.flatMap(({ name, port }) => (ports?.has(name) ? [[port, ports.get(name) ?? 0]] : [])));
    if (now.size === bound.size && [...now].every(([port, real]) => bound.get(port) === real)) return;
    bound.clear();
    for (const [port, real] of now) bound.set(port, real);
    this.#options.onBound();
    pusher.schedule();
  }

  async stop(place: Proxied, graceSeconds: number): Promise<void> {
    const running = this.#running.get(place.nodeId);
    if (running) {
      running.stopping = true;
      running.following?.abort();
      if (graceSeconds > 0) await running.envoy.drain(Math.min(drainMs, graceSeconds * 1000));
      await running.envoy.stop(stopMs);
      await this.#options.folder.forgetProcess(running.envoy.pid);
      this.#running.delete(place.nodeId);
    }
    this.#options.pusher.remove(place.nodeId);
    this.#options.secrets.remove(place.nodeId);
  }

  #spawn(proxy: MeshProxy, place: PodPlace, log: ProxyLog): Promise<EnvoyProcess> {
    const { binary, folder, server } = this.#options;
    return startEnvoy({
      binary,
      folder: place.folder,
      env: folder.env,
      bootstrap: bootstrap({
        nodeId: proxy.id,
        cluster: clusterOf(proxy),
        metadata: proxy.metadata,
        runFolder: folder.path,
        podFolder: place.folder,
      }),
      onLog: (line) => {
        log.write(text(line));
        if (line.kind === 'log') server.logLine(proxy.id, line.message);
      },
      record: (pid) => void folder.recordProcess(pid, `envoy of ${place.ref.name}.${place.ref.namespace}`),
    });
  }

  #at(ip: string): MeshProxy | undefined {
    return [...this.#running.values()].find(({ proxy }) => proxy.ip === ip)?.proxy;
  }

  /** An admin interface that breaks off is most often the first sign of an Envoy that died: then that is what to tell. */
  async #blame(envoy: EnvoyProcess, error: unknown): Promise<never> {
    await Promise.race([envoy.exited, sleep(deathMs, undefined, { ref: false })]);
    this.#options.failures.throwIfAny();
    throw error;
  }

  #ended(place: PodPlace, end: { running: Running; exit: EnvoyExit; io: ProxyIo }): void {
    if (end.running.stopping) return;
    const exitCode = end.exit.code ?? 137;
    end.io.report({
      container: proxyContainer,
      state: 'terminated',
      ready: false,
      restarts: 0,
      reason: 'Error',
      exitCode,
    });
    this.#options.failures.ended(`the Envoy of pod ${place.ref.name}.${place.ref.namespace}`, end.exit);
  }
}

export type Proxied = PodPlace & { nodeId: string };

export interface ProxyIo {
  log: ProxyLog;
  report(container: ContainerReport): void;
  signal: AbortSignal;
}

/** As istio-agent names it: app.namespace (pkg/bootstrap/config.go, ServiceCluster). */
const clusterOf = ({ labels, name, namespace }: MeshProxy): string => `${labels.app ?? name}.${namespace}`;

const text = (line: EnvoyLog): string =>
  line.kind === 'output' ? line.line : `${line.time} ${line.level} ${line.logger} ${line.message}`;

/** The proxy of a pod, or a ProblemError that names the pod. */
export function proxied(place: PodPlace | undefined, ref: PodRef): Proxied {
  if (place?.nodeId) return { ...place, nodeId: place.nodeId };
  throw new ProblemError({
    what: `pod ${ref.name}.${ref.namespace} ${place ? 'has no proxy' : 'does not run'}`,
    fix: place ? 'enrol its namespace and restart it' : 'compare the name with the running pods',
  });
}
