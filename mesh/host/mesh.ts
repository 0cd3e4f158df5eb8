import { openCluster } from '../istiod/cluster.ts';
import { installedMeshConfig } from '../istiod/mesh-config.ts';
import type { KubeApi } from '../kube/api.ts';
import { lookupName } from '../kube/cluster-dns.ts';
import { FirstState } from '../kube/first-state.ts';
import { servedKinds } from '../kube/kinds.ts';
import { createMemoryApi } from '../kube/memory-api.ts';
import type { ProxyAdmin } from '../kube/proxy-admin.ts';
import type { PodRef } from '../kube/runtime.ts';
import type { Store } from '../kube/store.ts';
import type { Uplink } from '../world/dial.ts';
import { seededRandom } from '../world/random.ts';
import type { Delay } from './apps/types.ts';
import { Cleanup } from './control/cleanup.ts';
import { Failures } from './control/failures.ts';
import { startPlumbing } from './control/plumbing.ts';
import { PodPlaces } from './control/pod-places.ts';
import { HostPodRuntime } from './control/pod-runtime.ts';
import { Proxies, proxied } from './control/proxies.ts';
import { Pusher } from './control/push.ts';
import { settle } from './control/settle.ts';
import type { EdgePort } from './edge/edge.ts';
import { adminSocket } from './localise/place.ts';
import { realClock } from './real-clock.ts';
import type { RunFolder } from './run/run-folder.ts';

export interface MeshOptions {
  /** Path of the Envoy binary. */
  envoy: string;
  folder: RunFolder;
  /** Seeds uids, names, and the choices of the world and of the apps; the choices of Envoy itself are Envoy's own. */
  seed: number;
  /** Profile of Istio's installation; default `default`. */
  profile?: string;
}

/** A running mesh of real processes on this machine. */
export interface LocalMesh {
  readonly api: KubeApi;
  readonly store: Store;
  /** What has ended that should not have. */
  readonly failures: Failures;
  readonly dns: { address: string; port: number };
  admin(pod: PodRef): ProxyAdmin;
  /** Envoy's own admin interfaces: a Unix socket for each proxy that runs. */
  adminSockets(): { pod: PodRef; socket: string }[];
  /** Pods Ready, configuration accepted; see settle.ts. */
  settle(deadlineMs: number, signal: AbortSignal): Promise<void>;
  /** How a client inside this pod leaves for the network. */
  uplink(pod: PodRef): Uplink & { sourceIp: string };
  /** Where programs of this machine reach Services from outside of the mesh. */
  edgePorts(): EdgePort[];
  appsDelay(): Promise<Delay>;
  /** Back to the objects of the start. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts control plane, apps process, world and DNS; pods follow when objects are applied. What was started so far is
 * ended again when a part cannot be started.
 */
export async function startMesh(options: MeshOptions): Promise<LocalMesh> {
  const cleanup = new Cleanup();
  try {
    return await startParts(options, cleanup);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

async function startParts({ envoy, folder, seed, profile }: MeshOptions, cleanup: Cleanup): Promise<LocalMesh> {
  const random = seededRandom(seed);
  const meshConfig = installedMeshConfig();
  const { trustDomain } = meshConfig;
  const failures = new Failures();
  const places = new PodPlaces();
  const cluster = openCluster({ clock: realClock, random, meshConfig, ...(profile !== undefined && { profile }) });
  const { store } = cluster;
  const plumbing = await startPlumbing({ store, places, folder, failures, random, trustDomain }, cleanup);
  const { server, secrets, apps, dns, edge, secret, worldPort, worldUplink } = plumbing;
  const resolveHost = (host: string) => lookupName(store, host)?.ipv4 ?? [];
  const run = { runFolder: folder.path, secret, worldPort, resolveHost };
  const onListeners = (pod: PodRef) => proxies.follow(proxied(places.get(pod), pod));
  const pusher = new Pusher({ store, server, meshConfig, places, run, onListeners });
  cleanup.add(async () => pusher.close());
  const onBound = () => edge.schedule();
  const proxies = new Proxies({ binary: envoy, folder, server, secrets, pusher, failures, trustDomain, onBound });
  const runtime = new HostPodRuntime({ runFolder: folder.path, places, proxies, apps, worldUplink, seed });
  cleanup.add(() => runtime.stopAll());
  const controllers = cluster.start(runtime);
  cleanup.add(async () => controllers.stop());
  await controllers.idle();
  const first = new FirstState(store);
  return {
    api: createMemoryApi({ store, kinds: servedKinds, runtime }),
    store,
    failures,
    dns,
    admin: (pod) => proxies.admin(proxied(places.get(pod), pod).nodeId),
    adminSockets: () => places.all().flatMap((p) => (p.nodeId ? [{ pod: p.ref, socket: adminSocket(p.folder) }] : [])),
    settle: (deadlineMs, signal) =>
      settle({ store, places, pusher, proxies, server, failures, controllers, edge }, deadlineMs, signal),
    uplink: (pod) => ({ ...places.running(pod).uplink, sourceIp: places.running(pod).ip }),
    edgePorts: () => edge.ports(),
    appsDelay: () => apps.loopDelay(),
    reset: () => first.restore(failures.signal),
    close: () => cleanup.run(),
  };
}
