import { type AddressInfo, createServer, type Server } from 'node:net';
import { outsideClient, type ReachablePort, reachablePorts } from '../../kube/outside.ts';
import type { Store } from '../../kube/store.ts';
import { sourcePorts } from '../../world/dial.ts';
import type { Address, World } from '../world/types.ts';

/** A port of a Service that the user's own programs reach at 127.0.0.1:`local`. */
export interface EdgePort extends ReachablePort {
  local: number;
}

export interface EdgeOptions {
  store: Pick<Store, 'list' | 'subscribe'>;
  /** Whether anything would take a connection to this address of the virtual network now. */
  isServed(destination: Address): boolean;
  world: Pick<World, 'enter'>;
}

interface Open {
  port: ReachablePort;
  server: Server;
  local: number;
}

/**
 * The load balancer before the cluster: every port of a Service that is reachable from outside has one on 127.0.0.1, for as long as
 * something serves it, so that otherwise a connection is refused. A port that is served again gets its number back where it is free.
 */
export class Edge {
  readonly #options: EdgeOptions;
  readonly #open = new Map<string, Open>();
  readonly #numbers = new Map<string, number>();
  readonly #nextPort = sourcePorts();
  readonly #unsubscribe: () => void;
  #renewing: Promise<void> = Promise.resolve();
  #scheduled: NodeJS.Immediate | undefined;
  #closed = false;

  constructor(options: EdgeOptions) {
    this.#options = options;
    this.#unsubscribe = options.store.subscribe(({ object }) => {
      if (object.kind === 'Service' || object.kind === 'EndpointSlice') this.schedule();
    });
    this.schedule();
  }

  /** What is reachable may have changed. */
  schedule(): void {
    if (!this.#closed) this.#scheduled ??= setImmediate(() => this.#flush());
  }

  /** Resolves when the ports are as the objects and the proxies want them; rejects when one cannot be opened. */
  idle(): Promise<void> {
    this.#flush();
    return this.#renewing;
  }

  ports(): EdgePort[] {
    return [...this.#open.values()].map(({ port, local }) => ({ ...port, local }));
  }

  /** Connections are the world's. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#unsubscribe();
    clearImmediate(this.#scheduled);
    await this.#renewing.catch(() => {});
    for (const { server } of this.#open.values()) server.close();
  }

  #flush(): void {
    if (!this.#scheduled) return;
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    this.#renewing = this.#renewing.catch(() => {}).then(() => this.#renew());
    // Told by idle().
    this.#renewing.catch(() => {});
  }

  async #renew(): Promise<void> {
    const { store, isServed } = this.#options;
    const wanted = new Map(
      reachablePorts(store)
        .filter(({ ip, port }) => isServed({ ip, port }))
        .map((port) => [keyOf(port), port]),
    );
    for (const [key, { server }] of this.#open) {
      if (wanted.has(key)) continue;
      this.#open.delete(key);
      // Connections that run go on; new ones are refused from now on.
      server.close();
    }
    for (const [key, port] of wanted) if (!this.#open.has(key)) await this.#listen(key, port);
  }

  async #listen(key: string, port: ReachablePort): Promise<void> {
    const { ip, port: number } = port;
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) => {
      const source = { ip: outsideClient, port: this.#nextPort() };
      this.#options.world.enter(socket, { source, destination: { ip, port: number } });
    });
    await listening(server, this.#numbers.get(key) ?? 0).catch(() => listening(server, 0));
    const local = (server.address() as AddressInfo).port;
    this.#numbers.set(key, local);
    this.#open.set(key, { port, server, local });
  }
}

const keyOf = ({ namespace, service, port, ip }: ReachablePort): string => `${namespace}/${service}:${port} ${ip}`;

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
