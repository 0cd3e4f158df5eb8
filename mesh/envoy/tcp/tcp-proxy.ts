import type { JsonObject } from '../../json.ts';
import {
  type ClientEnd,
  type Dial,
  type Exchange,
  isFailure,
  type Opening,
  type Receiver,
  type ServerEnd,
  type ServerHello,
} from '../../world/connection.ts';
import { type Body, bodyLength, type HttpRequest } from '../../world/http-message.ts';
import type { LbContext } from '../balance/types.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Host } from '../cluster/host.ts';
import type { RouterSetting } from '../hcm/router-host.ts';
import { compileFormat } from '../log/format.ts';
import { logDetail } from '../log/log-detail.ts';
import { has, milliseconds, number, object, objects, text } from '../runtime/proto.ts';
import { addFlag } from '../runtime/stream-info.ts';
import type {
  DownstreamConnection,
  LogSource,
  NetworkFilter,
  ResponseFlag,
  StreamInfo,
  TraceDetail,
  TraceSink,
} from '../types.ts';
import { type SessionLimits, SessionTimers } from './session-timers.ts';

/** envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy. */
export interface TcpProxyConfig {
  statPrefix: string;
  cluster: string;
  weighted: readonly { name: string; weight: number }[];
  total: number;
  maxConnectAttempts: number;
  /** Hash by source address (hashPolicy). */
  hashSource: boolean;
  limits: SessionLimits;
  /** What to CONNECT to (tunnelingConfig), made from the connection. */
  tunnel: ((source: LogSource) => string) | undefined;
}

/** To one cluster, without anything else. */
export const toCluster = (cluster: string): TcpProxyConfig => readTcpProxy({ cluster });

export function readTcpProxy(config: JsonObject): TcpProxyConfig {
  const weighted = objects(object(config, 'weightedClusters'), 'clusters').map((c) => ({
    name: text(c, 'name'),
    weight: number(c, 'weight'),
  }));
  return {
    statPrefix: text(config, 'statPrefix'),
    cluster: text(config, 'cluster'),
    weighted,
    total: weighted.reduce((sum, c) => sum + c.weight, 0),
    maxConnectAttempts: number(config, 'maxConnectAttempts', 1),
    hashSource: objects(config, 'hashPolicy').length > 0,
    limits: {
      idleMs: has(config, 'idleTimeout') ? milliseconds(config, 'idleTimeout') : undefined,
      longestMs: milliseconds(config, 'maxDownstreamConnectionDuration'),
    },
    tunnel: has(config, 'tunnelingConfig')
      ? compileFormat(text(object(config, 'tunnelingConfig'), 'hostname'), 'tunnelingConfig/hostname')
      : undefined,
  };
}

export interface TcpSetting extends RouterSetting {
  traceOf?: ((tag: { tag?: unknown }) => TraceSink | undefined) | undefined;
}

export interface TcpParts {
  config: TcpProxyConfig;
  filters: readonly NetworkFilter[];
  facts: DownstreamConnection;
  info: StreamInfo;
  /** What is inside once this proxy has ended its TLS layer. */
  opening: Opening;
  /** TLS layers that this proxy has ended itself. */
  layers: readonly ServerHello[];
  dial: Dial;
  log(info: StreamInfo): void;
}

const nothing: Exchange = { cancel: () => undefined };

/** One connection through tcp_proxy (source/common/tcp_proxy/tcp_proxy.cc): what arrives is passed on without a look inside. */
export class TcpSession implements ServerEnd, ClientEnd, LbContext {
  layers: readonly ServerHello[];
  closed = false;
  readonly draining = false;
  readonly hostSelectionAttempts = 0;
  readonly #parts: TcpParts;
  readonly #setting: TcpSetting;
  #cluster: Cluster | undefined;
  #host: Host | undefined;
  #upstream: ServerEnd | undefined;
  #heard = false;
  #timers: SessionTimers | undefined;

  constructor(parts: TcpParts, setting: TcpSetting) {
    this.#parts = parts;
    this.#setting = setting;
    this.layers = parts.layers;
  }

  get tag() {
    return this.#parts.dial.tag;
  }

  get state(): ReadonlyMap<string, string> {
    return this.#parts.facts.filterState;
  }

  get destination() {
    return this.#parts.facts.destination;
  }

  hash(): bigint | undefined {
    if (!this.#parts.config.hashSource) return undefined;
    return [...this.#parts.facts.source.ip].reduce(
      (h, c) => (h * 31n + BigInt(c.charCodeAt(0))) & 0xffff_ffff_ffff_ffffn,
      7n,
    );
  }

  /** Opens the upstream connection; downstream is closed when there is none. */
  start(): this {
    const { facts, filters, info } = this.#parts;
    for (const filter of filters) {
      const verdict = filter.onNewConnection?.(facts);
      if (verdict) return this.#refuse(verdict.details, false);
    }
    const name = this.#pickCluster();
    const cluster = this.#setting.cluster(name);
    this.#note({ kind: 'cluster', cluster: name, pointer: cluster?.pointer ?? '', reason: 'tcp_proxy' });
    if (!cluster) return this.#fail('NC', '', name);
    // An unknown cluster is not in the log (measured).
    info.upstreamCluster = name;
    info.upstreamAlias = cluster.alias;
    this.#cluster = cluster;
    const breaker = cluster.breakers.DEFAULT;
    if (!breaker.connections.canCreate) {
      cluster.stats.cxOverflow.value++;
      return this.#fail('UO', '');
    }
    return this.#connect(cluster, 1);
  }

  #connect(cluster: Cluster, attempt: number): this {
    const { info, opening } = this.#parts;
    const host = cluster.choose(this);
    if (!host) {
      cluster.stats.cxNoneHealthy.value++;
      return this.#fail('UH', '');
    }
    info.attemptCount = attempt;
    info.upstreamHost = host.address;
    info.upstreamMetadata = host.metadata;
    this.#note({ kind: 'endpoint', cluster: cluster.name, host: host.address, reason: '', attempt });
    cluster.stats.cxTotal.value++;
    host.stats.cxTotal++;
    const end = cluster.dial(host, this.#tunneled(opening), { client: this });
    if (isFailure(end)) {
      cluster.stats.cxConnectFail.value++;
      host.stats.cxConnectFail++;
      host.outlier?.putLocalFailure('connectFailed');
      info.upstreamTransportFailureReason = end.reason;
      if (end.failure === 'timeout') return this.#timeOut(cluster, attempt);
      if (attempt < this.#parts.config.maxConnectAttempts) return this.#connect(cluster, attempt + 1);
      return this.#fail('UF', end.reason);
    }
    host.outlier?.putConnected(true);
    this.#connected(cluster, host, end);
    return this;
  }

  #tunneled(inner: Opening): Opening {
    const { config, info, facts } = this.#parts;
    return config.tunnel ? { kind: 'connect', authority: config.tunnel({ info, connection: facts }), inner } : inner;
  }

  #timeOut(cluster: Cluster, attempt: number): this {
    this.#setting.clock.after(cluster.connectTimeoutMs, () => {
      if (this.closed) return;
      cluster.stats.cxConnectTimeout.value++;
      if (attempt < this.#parts.config.maxConnectAttempts) this.#connect(cluster, attempt + 1);
      else this.#fail('UF', '');
      if (this.closed) this.#parts.dial.client.onClose(true);
    });
    return this;
  }

  #connected(cluster: Cluster, host: Host, end: ServerEnd): void {
    this.#host = host;
    this.#upstream = end;
    this.#timers = new SessionTimers(this.#setting.clock, this.#parts.config.limits, (why) => this.#expire(why));
    // Layers that the upstream's TLS added are this proxy's own affair; the inner ones are the client's.
    const own = cluster.transportOf(host).tls ? 1 : 0;
    this.layers = [...this.#parts.layers, ...end.layers.slice(own)];
    host.active++;
    host.stats.cxActive++;
    cluster.breakers.DEFAULT.connections.inc();
    cluster.stats.cxActive.value++;
  }

  #expire(why: 'idle' | 'duration'): void {
    if (why === 'duration') addFlag(this.#parts.info, 'DT');
    const upstream = this.#upstream;
    this.#over(false);
    upstream?.close(false);
  }

  #pickCluster(): string {
    const { cluster, weighted, total } = this.#parts.config;
    if (weighted.length === 0) return cluster;
    let at = Math.floor(this.#setting.random.next() * total);
    for (const { name, weight } of weighted) {
      at -= weight;
      if (at < 0) return name;
    }
    return weighted[weighted.length - 1]?.name ?? '';
  }

  #fail(flag: ResponseFlag, reason: string, cluster = this.#parts.info.upstreamCluster ?? ''): this {
    addFlag(this.#parts.info, flag);
    this.#note({ kind: 'noEndpoint', cluster, reason: reason || flag, flag });
    return this.#refuse('', true);
  }

  #refuse(details: string, reset: boolean): this {
    this.#parts.facts.terminationDetails = details;
    this.#over(reset);
    return this;
  }

  /** Network RBAC decides with the first bytes; a denial is an orderly end (measured: envoy-spike.md, 4). */
  #passes(): boolean {
    if (this.closed) return false;
    if (this.#heard) return true;
    this.#heard = true;
    for (const filter of this.#parts.filters) {
      const verdict = filter.onData?.(this.#parts.facts);
      if (!verdict) continue;
      this.#refuse(verdict.details, false);
      return false;
    }
    return true;
  }

  request(request: HttpRequest, receiver: Receiver): Exchange {
    if (!this.#passes() || !this.#upstream) {
      receiver.onReset('connection termination');
      return nothing;
    }
    this.#timers?.touch();
    this.#parts.info.bytesReceived += request.headers.byteSize() + bodyLength(request.body);
    return this.#upstream.request(request, receiver);
  }

  data(data: Body): void {
    if (!this.#passes()) return;
    this.#timers?.touch();
    this.#parts.info.bytesReceived += bodyLength(data);
    this.#upstream?.data(data);
  }

  end(): void {
    this.#upstream?.end();
  }

  close(reset: boolean): void {
    if (this.closed) return;
    const upstream = this.#upstream;
    this.#over(reset, true);
    upstream?.close(reset);
  }

  // The upstream speaks.

  onData(data: Body): void {
    this.#timers?.touch();
    this.#parts.info.bytesSent += bodyLength(data);
    this.#parts.dial.client.onData(data);
  }

  onEnd(): void {
    this.#parts.dial.client.onEnd();
  }

  onClose(reset: boolean): void {
    // source/common/tcp_proxy/tcp_proxy.cc, onUpstreamEvent: a reset of the upstream is in the log.
    if (reset && !this.closed) addFlag(this.#parts.info, 'UR');
    this.#over(reset);
  }

  #over(reset: boolean, byClient = false): void {
    if (this.closed) return;
    this.closed = true;
    this.#timers?.cancel();
    const { info, dial, log } = this.#parts;
    info.end = this.#setting.clock.now();
    if (this.#cluster && this.#host) {
      this.#host.active--;
      this.#host.stats.cxActive--;
      this.#cluster.breakers.DEFAULT.connections.dec();
      this.#cluster.stats.cxActive.value--;
    }
    if (this.#setting.traceOf) this.#note(logDetail(info));
    log(info);
    if (!byClient) dial.client.onClose(reset);
  }

  #note(detail: TraceDetail): void {
    const { clock, node, traceOf } = this.#setting;
    traceOf?.(this.#parts.dial)?.record({ at: clock.now(), node: node.id, ...detail });
  }
}
