import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Credential } from '../../../istiod/ca/credentials.ts';
import type { Proxy as MeshProxy } from '../../../istiod/proxy.ts';
import type { XdsConfig } from '../../../istiod/xds/types.ts';
import { seededRandom } from '../../../world/random.ts';
import { localise } from '../../localise/localise.ts';
import { appSocket, type BoundListener, xdsSocket } from '../../localise/place.ts';
import type { World, WorldConnection, WorldRequest, WorldTarget } from '../../world/types.ts';
import { startWorld } from '../../world/world.ts';
import { createXdsServer } from '../../xds/server.ts';
import type { Settlement, XdsServer } from '../../xds/types.ts';
import { bootstrap } from '../bootstrap.ts';
import { startEnvoy } from '../process.ts';
import type { EnvoyLog, EnvoyProcess } from '../types.ts';
import { envoyBinary } from './require.ts';
import { testSecrets } from './secrets.ts';

export interface TestPod {
  proxy: MeshProxy;
  config: XdsConfig;
  /** The apps behind the proxy, by port of the pod: HTTP, or a TCP server when it is made for sockets. */
  apps?: { [port: number]: RequestListener | { serve(socket: Socket): void } };
}

export interface RunningPod {
  proxy: MeshProxy;
  folder: string;
  envoy: EnvoyProcess;
  logs: EnvoyLog[];
}

/** Real Envoys with all of mesh/host around them but without Kubernetes: configuration is given as it is. */
export interface TestMesh {
  secret: string;
  xds: XdsServer;
  world: World;
  /** What reached the world, in order. */
  reached: WorldConnection[];
  /** Addresses (`ip:port`) that the world knows besides the pods. */
  targets: Map<string, WorldTarget>;
  inbound: Map<string, number>;
  /** Starts a pod and tells all others where it is; resolves when it is ready and all have taken it. */
  add(pod: TestPod): Promise<RunningPod>;
  /** Gives a proxy another configuration; resolves when it has decided. */
  update(pod: RunningPod, config: XdsConfig): Promise<Settlement>;
  close(): Promise<void>;
}

/** `credentials`: secrets by the names by which Envoys ask for them, see testSecrets. */
export async function startTestMesh(
  proxies: MeshProxy[],
  credentials?: ReadonlyMap<string, Credential>,
): Promise<TestMesh> {
  const runFolder = mkdtempSync(join(tmpdir(), 'ml-'));
  const secret = randomBytes(16).toString('hex');
  const xds = await createXdsServer({ socket: xdsSocket(runFolder), secrets: await testSecrets(proxies, credentials) });
  const inbound = new Map<string, number>();
  const targets = new Map<string, WorldTarget>();
  const reached: WorldConnection[] = [];
  const pods: Pod[] = [];
  const bound = new Map<string, readonly BoundListener[]>();
  const closers: (() => Promise<unknown>)[] = [];
  const resolve = ({ destination }: WorldRequest): WorldTarget => {
    const port = inbound.get(`${destination.ip}:${destination.port}`) ?? inbound.get(destination.ip);
    const known = targets.get(`${destination.ip}:${destination.port}`);
    return known ?? (port === undefined ? { kind: 'refuse' } : { kind: 'inbound', port });
  };
  const world = await startWorld({ secret, resolve, random: seededRandom(1), onConnection: (c) => reached.push(c) });
  const push = ({
    config,
    proxy,
    folder: podFolder,
  }: Pick<Pod, 'config' | 'proxy' | 'folder'>): Promise<Settlement> => {
    const place = { runFolder, podFolder, secret, worldPort: world.port, inbound, resolveHost: () => ['240.240.0.1'] };
    const local = localise(config, proxy, place);
    bound.set(proxy.id, local.bound);
    xds.update(proxy.id, local);
    return xds.settled(proxy.id, AbortSignal.timeout(15_000));
  };

  return {
    ...{ secret, xds, world, reached, targets, inbound },
    async add({ proxy, config, apps = {} }) {
      const folder = join(runFolder, `p${pods.length}`);
      mkdirSync(folder, { mode: 0o700 });
      for (const [port, app] of Object.entries(apps))
        closers.push(await serveApp(appSocket(folder, Number(port)), app));
      const first = push({ proxy, config, folder });
      const pod: Pod = { proxy, folder, config, ...(await startProxy(proxy, { runFolder, folder, xds })) };
      pods.push(pod);
      await Promise.all([pod.envoy.ready(AbortSignal.timeout(15_000)), first]);
      const ports = await pod.envoy.admin.boundPorts();
      for (const { name, port } of bound.get(proxy.id) ?? []) {
        const real = ports.get(name);
        if (real !== undefined) inbound.set(name === 'virtualInbound' ? proxy.ip : `${proxy.ip}:${port}`, real);
      }
      await Promise.all(pods.map(push));
      return pod;
    },
    update(pod, config) {
      return push(Object.assign(pod, { config }));
    },
    async close() {
      await Promise.all(pods.map((pod) => pod.envoy.stop(2000)));
      for (const close of closers) await close();
      await world.close();
      await xds.close();
      rmSync(runFolder, { recursive: true, force: true });
    },
  };
}

type Pod = RunningPod & { config: XdsConfig };

async function startProxy(
  proxy: MeshProxy,
  { runFolder, folder, xds }: { runFolder: string; folder: string; xds: XdsServer },
): Promise<Pick<Pod, 'envoy' | 'logs'>> {
  const logs: EnvoyLog[] = [];
  const own = { nodeId: proxy.id, cluster: 'test', metadata: proxy.metadata };
  const envoy = await startEnvoy({
    binary: envoyBinary,
    folder,
    bootstrap: bootstrap({ ...own, runFolder, podFolder: folder }),
    onLog: (line) => {
      logs.push(line);
      if (line.kind === 'log') xds.logLine(proxy.id, line.message);
    },
    record: () => {},
  });
  return { envoy, logs };
}

async function serveApp(
  path: string,
  app: RequestListener | { serve(socket: Socket): void },
): Promise<() => Promise<unknown>> {
  const open = new Set<Socket>();
  const server = 'serve' in app ? createTcpServer(app.serve) : createServer(app);
  server.on('connection', (socket: Socket) => open.add(socket));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return () => {
    for (const socket of open) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  };
}
