import { lstat, unlink } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProblemError } from '../../problem.ts';
import { parseImage } from '../../workloads/image.ts';
import { findWorkload, knownImages } from '../../workloads/registry.ts';
import type { PortServer, WorkloadContext } from '../../workloads/workload.ts';
import { seededRandom } from '../../world/random.ts';
import { appSocket } from '../localise/place.ts';
import { ContainerLog } from './container-log.ts';
import { dialer } from './dial.ts';
import { httpPort } from './http-port.ts';
import type { ChildOptions } from './messages.ts';
import { type HttpClient, httpClient } from './outgoing.ts';
import { Running } from './running.ts';
import { byteStream, tcpPort } from './tcp-port.ts';
import type { AppSpec } from './types.ts';

/** A running container: its servers, its connections, its log. */
export class Container {
  readonly log = new ContainerLog();
  readonly #client: HttpClient;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #running = new Running();
  readonly #ctx: WorkloadContext;

  constructor(spec: AppSpec, options: ChildOptions) {
    const dial = dialer({ namespace: spec.pod.namespace, uplink: spec.dial, dns: options.dns });
    this.#client = httpClient(dial);
    this.#ctx = {
      env: spec.env,
      args: spec.args,
      image: parseImage(spec.image),
      pod: spec.pod,
      fetch: this.#client.fetch,
      connect: async (host, port) => byteStream(await dial(host, port)),
      sleep: (ms) => sleep(ms),
      random: spec.seed === undefined ? Math.random : seededRandom(spec.seed).next,
      now: Date.now,
      log: this.log.append,
    };
  }

  /** Rejects with a ProblemError; nothing listens then. */
  async start({ id, image, sockets, folder }: AppSpec): Promise<void> {
    const workload = findWorkload(image);
    if (!workload) throw new ProblemError(unknownImage(id, image));
    const listening = Object.entries(workload.ports(this.#ctx)).flatMap(([port, server]) => {
      const path = sockets[Number(port)] ?? (folder && appSocket(folder, Number(port)));
      return path ? [this.#listen(server, path)] : [];
    });
    const failed = (await Promise.allSettled(listening)).find((r) => r.status === 'rejected');
    if (!failed) return;
    await this.stop(0);
    throw failed.reason;
  }

  async #listen(port: PortServer, path: string): Promise<void> {
    await removeStale(path);
    const serve = this.#serving(port);
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      serve(socket);
    });
    this.#servers.push(server);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', (error) => reject(new ProblemError({ what: `cannot listen on ${path}: ${error.message}` })));
    server.listen(path, resolve);
    await promise;
  }

  #serving(port: PortServer): (socket: Socket) => void {
    const [ctx, running] = [this.#ctx, this.#running];
    if (port.protocol === 'http') return httpPort({ handle: port.handle, ctx, running });
    const serve = tcpPort(port.serve, ctx);
    return (socket) => {
      socket.once('close', running.enter());
      serve(socket);
    };
  }

  async stop(graceMs: number): Promise<void> {
    for (const server of this.#servers) server.close();
    if (graceMs > 0) await Promise.race([this.#running.idle(), sleep(graceMs, undefined, { ref: false })]);
    const closed = [...this.#sockets].map((socket) => new Promise((done) => socket.once('close', done)));
    for (const socket of this.#sockets) socket.destroy();
    this.#client.close();
    this.log.end();
    await Promise.all(closed);
  }
}

/** A killed process leaves its sockets behind, and nobody can listen on them again. */
async function removeStale(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isSocket()) await unlink(path);
}

const unknownImage = (id: string, image: string) => ({
  what: `the image ${image} is not known`,
  where: { object: id },
  fix: `use one of: ${knownImages.join(', ')}`,
});
