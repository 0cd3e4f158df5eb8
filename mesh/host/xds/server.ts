import { chmodSync } from 'node:fs';
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { ProxyStatus } from '../../kube/proxy-admin.ts';
import type { LocalConfig } from '../localise/place.ts';
import { readRequest } from './request.ts';
import { type Answer, answer, Prepared, type XdsType } from './resources.ts';
import { settlement } from './status.ts';
import { allDecided, decided, type NodeState, type Subscription, Subscriptions } from './subscriptions.ts';
import type { SecretSource, Settlement, XdsServer } from './types.ts';

/** Listens on the Unix socket (its folder is 0700); resolves when Envoys can connect. */
export async function createXdsServer(options: { socket: string; secrets: SecretSource }): Promise<XdsServer> {
  const server = new RestXdsServer(options.socket, options.secrets);
  await server.listen();
  return server;
}

class RestXdsServer implements XdsServer {
  readonly socket: string;
  readonly #secrets: SecretSource;
  readonly #nodes = new Map<string, NodeState>();
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #server: Http2Server;
  readonly #unsubscribe: () => void;

  constructor(socket: string, secrets: SecretSource) {
    this.socket = socket;
    this.#secrets = secrets;
    // Every request carries the node with all extensions, 78 kB (spike, 4.3): many polls pass Node's default of 10 MB.
    this.#server = createServer({ maxSessionMemory: 1000, settings: { maxConcurrentStreams: 100_000 } });
    this.#server.on('session', (session) => this.#sessions.add(session));
    this.#server.on('stream', (stream, headers) => {
      void this.#request(stream, String(headers[':path']));
    });
    this.#unsubscribe = secrets.onChange(() => {
      for (const id of this.#nodes.keys()) this.#flush(id);
    });
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.socket, () => {
        chmodSync(this.socket, 0o600);
        resolve();
      });
    });
  }

  update(nodeId: string, config: LocalConfig): void {
    this.#node(nodeId).prepared = new Prepared(config);
    this.#flush(nodeId);
  }

  remove(nodeId: string): void {
    for (const subscription of this.#nodes.get(nodeId)?.subscriptions.values() ?? []) subscription.held?.close();
    this.#nodes.delete(nodeId);
  }

  status(nodeId: string): ProxyStatus {
    return settlement(this.#node(nodeId)).status;
  }

  settled(nodeId: string, signal?: AbortSignal): Promise<Settlement> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(nodeId) ?? new Set();
      this.#waiting.set(nodeId, waiting);
      const look = () => {
        const now = settlement(this.#node(nodeId));
        if (!now.settled && signal?.aborted !== true) return;
        waiting.delete(look);
        signal?.removeEventListener('abort', look);
        if (now.settled) resolve({ status: now.status, accepted: now.status.rejections.length === 0 });
        else reject(signal?.reason);
      };
      waiting.add(look);
      signal?.addEventListener('abort', look);
      look();
    });
  }

  logLine(nodeId: string, message: string): void {
    const [, type, reason] = message.match(/discovery:(\w+) rejected: ([\s\S]*)/) ?? [];
    if (type === undefined || reason === undefined) return;
    const { refusals } = this.#node(nodeId);
    const count = (refusals.get(type as XdsType)?.count ?? 0) + 1;
    refusals.set(type as XdsType, { count, reason: reason.trim() });
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    for (const session of this.#sessions) session.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #node(id: string): NodeState {
    const state = this.#nodes.get(id) ?? { subscriptions: new Subscriptions(), refusals: new Map() };
    this.#nodes.set(id, state);
    return state;
  }

  async #request(stream: ServerHttp2Stream, path: string): Promise<void> {
    stream.on('error', () => stream.destroy());
    const request = await readRequest(stream, path);
    if (request === undefined) return;
    const state = this.#node(request.nodeId);
    const { type, name, version } = request;
    const refusals = state.refusals.get(type)?.count ?? 0;
    const subscription = state.subscriptions.take({ type, name, version, session: stream.session }, refusals);
    subscription.held = stream;
    stream.on('close', () => {
      // A poll that ends unanswered ends the subscription: the cluster or listener is gone, or Envoy itself.
      if (subscription.held === stream) state.subscriptions.remove(subscription);
    });
    this.#flush(request.nodeId);
  }

  /** Answers every held poll whose resource has changed; listeners and routes wait until the clusters they name are in use. */
  #flush(nodeId: string): void {
    const state = this.#node(nodeId);
    for (const subscription of state.subscriptions.values()) {
      if (subscription.held === undefined) continue;
      const after = subscription.type === 'listeners' || subscription.type === 'routes';
      if (after && !this.#clustersDecided(state)) continue;
      const next = this.#answer(nodeId, state, subscription);
      if (next !== undefined && !decided(subscription, next.version))
        send(subscription, next, state.refusals.get(subscription.type)?.count ?? 0);
    }
    for (const look of this.#waiting.get(nodeId) ?? []) look();
  }

  #answer(nodeId: string, state: NodeState, { type, name }: Subscription): Answer | undefined {
    if (type !== 'secrets') return state.prepared?.answer(type, name);
    const secret = this.#secrets.get(nodeId, name);
    return secret === undefined ? undefined : answer(type, [secret]);
  }

  /** Otherwise a route would name a cluster that is not there yet: 503 NC for as long as the poll takes. */
  #clustersDecided(state: NodeState): boolean {
    const { prepared, subscriptions } = state;
    const clusters = subscriptions.of('clusters', '');
    const version = prepared?.answer('clusters', '')?.version;
    if (prepared === undefined || !allDecided(clusters, version)) return false;
    return (
      clusters.some((s) => s.refused === version) ||
      prepared.endpointNames.every((name) =>
        allDecided(subscriptions.of('endpoints', name), prepared.answer('endpoints', name)?.version),
      )
    );
  }
}

function send(subscription: Subscription, { version, body }: Answer, refusals: number): void {
  const stream = subscription.held;
  subscription.held = undefined;
  subscription.sent = version;
  subscription.refusalsBefore = refusals;
  // A response that never arrived is not an outstanding version.
  stream?.on('close', () => {
    if (stream.rstCode !== 0 && subscription.sent === version) subscription.sent = undefined;
  });
  stream?.respond({ ':status': 200, 'content-type': 'application/json' });
  stream?.end(body);
}
