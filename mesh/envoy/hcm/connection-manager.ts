import type { ClientEnd, Exchange, Receiver, ServerEnd, ServerHello } from '../../world/connection.ts';
import type { HttpRequest } from '../../world/http-message.ts';
import type {
  Counter,
  DownstreamConnection,
  Gauge,
  LocalReply,
  LogSource,
  NetworkFilter,
  NetworkVerdict,
  RouteTable,
  Stream,
} from '../types.ts';
import { ActiveStream } from './active-stream.ts';
import type { HcmConfig } from './config.ts';
import type { FilterChain } from './filter-chain.ts';
import { ManagerStats } from './manager-stats.ts';
import { prepareRequest } from './request-headers.ts';
import { DateProvider } from './response-headers.ts';
import type { ManagerSetting, StreamManager, Tunnel } from './stream-manager.ts';

export type AccessLog = (source: LogSource) => void;

export interface ManagerParts {
  config: HcmConfig;
  chain: FilterChain;
  /** The route table as it stands: RDS may replace it at any time. */
  routes(): RouteTable | undefined;
  logs: readonly AccessLog[];
  pointer: string;
}

/** One HTTP connection manager of one filter chain, shared by its connections. */
export class ConnectionManager implements StreamManager {
  readonly config: HcmConfig;
  readonly chain: FilterChain;
  readonly setting: ManagerSetting;
  readonly pointer: string;
  readonly date = new DateProvider();
  readonly routes: () => RouteTable | undefined;
  readonly #logs: readonly AccessLog[];
  readonly #total: Counter;
  readonly #active: Gauge;
  readonly #families: readonly Counter[];
  /** Of its connections and requests (docs: configuration/http/http_conn_man/stats). */
  readonly stats: ManagerStats;

  constructor(parts: ManagerParts, setting: ManagerSetting) {
    this.config = parts.config;
    this.chain = parts.chain;
    this.routes = parts.routes;
    this.pointer = parts.pointer;
    this.setting = setting;
    this.#logs = parts.logs;
    const prefix = `http.${parts.config.statPrefix}.downstream_rq_`;
    this.#total = setting.stats.counter(`${prefix}total`);
    this.#active = setting.stats.gauge(`${prefix}active`);
    this.stats = new ManagerStats(setting.stats, `http.${parts.config.statPrefix}.`);
    this.#families = [1, 2, 3, 4, 5].map((n) => setting.stats.counter(`${prefix}${n}xx`));
  }

  /** A request arrives. The answer may come before this returns. */
  request(connection: DownstreamConnection, request: HttpRequest, receiver: Receiver): ActiveStream {
    this.#total.value++;
    this.#active.value++;
    this.stats.request(connection.protocol);
    const stream = new ActiveStream(this, connection, { request, receiver });
    stream.start();
    return stream;
  }

  prepare(request: HttpRequest, connection: DownstreamConnection): LocalReply | undefined {
    return prepareRequest(request, connection, { config: this.config, random: this.setting.random });
  }

  /** A CONNECT request that ends here: `open` is called with the route's cluster, and says when the tunnel has ended. */
  connect(connection: DownstreamConnection, request: HttpRequest, tunnel: Tunnel): void {
    this.#total.value++;
    this.#active.value++;
    new ActiveStream(this, connection, { request, ...tunnel }).start();
  }

  restart({ connection, request, info }: Stream, receiver: Receiver): Exchange {
    this.#active.value++;
    const stream = new ActiveStream(this, connection, { request, receiver });
    stream.info.filterState = info.filterState;
    if (info.downstreamRemote) stream.info.downstreamRemote = info.downstreamRemote;
    stream.start(false);
    return stream;
  }

  finished(stream: Stream): void {
    this.#active.value--;
    const family = this.#families[Math.floor(stream.info.responseCode / 100) - 1];
    if (family) family.value++;
    this.stats.finished(stream);
    for (const filter of this.chain.filters) filter.complete?.(stream);
    this.log(stream);
  }

  /** Also for what never became a request. */
  log(source: LogSource): void {
    for (const log of this.#logs) log(source);
  }
}

/** Proxies behind one another; a longer way is a loop. */
const mostHops = 100;
const nothing: Exchange = { cancel: () => undefined };

export interface HttpConnectionParts {
  manager: ConnectionManager;
  facts: DownstreamConnection;
  layers: readonly ServerHello[];
  /** Network filters before the manager. */
  filters: readonly NetworkFilter[];
  client: ClientEnd;
  isDraining(): boolean;
}

/** A connection from downstream that carries HTTP to a manager. */
export class HttpConnection implements ServerEnd {
  readonly layers: readonly ServerHello[];
  readonly #parts: HttpConnectionParts;
  readonly #open = new Set<Exchange>();
  #served = 0;
  closed = false;

  constructor(parts: HttpConnectionParts) {
    this.#parts = parts;
    this.layers = parts.layers;
    parts.manager.stats.opened(parts.facts);
    for (const filter of parts.filters) this.#judge(filter.onNewConnection?.(parts.facts));
  }

  get draining(): boolean {
    const max = this.#parts.manager.config.maxRequestsPerConnection;
    return this.#parts.isDraining() || (max > 0 && this.#served >= max);
  }

  request(request: HttpRequest, receiver: Receiver): Exchange {
    if (this.#served++ === 0) for (const filter of this.#parts.filters) this.#judge(filter.onData?.(this.#parts.facts));
    if (this.closed || (request.hops ?? 0) > mostHops) {
      receiver.onReset('connection termination');
      return nothing;
    }
    const stream = this.#parts.manager.request(this.#parts.facts, request, receiver);
    if (stream.info.end !== undefined) return stream;
    // Only what outlives its first instant can be cut off by a closing connection.
    for (const other of this.#open) if ((other as ActiveStream).info.end !== undefined) this.#open.delete(other);
    this.#open.add(stream);
    return stream;
  }

  data(): void {
    // Bytes that are no HTTP: the codec fails and the connection closes (DPE).
    this.#shut('local');
    this.#parts.client.onClose(true);
  }

  end(): void {
    this.close();
  }

  close(): void {
    this.#shut('remote');
  }

  #shut(by: 'local' | 'remote'): void {
    if (!this.closed) this.#parts.manager.stats.closed(this.#parts.facts, by);
    this.closed = true;
    for (const stream of this.#open) stream.cancel();
    this.#open.clear();
  }

  #judge(verdict: NetworkVerdict): void {
    if (!verdict || this.closed) return;
    this.#parts.facts.terminationDetails = verdict.details;
    this.#shut('local');
    this.#parts.client.onClose(false);
  }
}
