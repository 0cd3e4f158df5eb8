import type { Exchange, ResetReason, ServerEnd } from '../../world/connection.ts';
import type { Timer } from '../../world/event-queue.ts';
import { type Body, bodyLength, type HttpResponse } from '../../world/http-message.ts';
import type { LbContext } from '../balance/types.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Host } from '../cluster/host.ts';
import type { PoolFailure, StreamReceiver } from '../cluster/pooled.ts';
import { type RetryDecision, RetryState, type UpstreamReset } from '../retry/retry-state.ts';
import type { Address, RoutePolicy } from '../types.ts';
import { hashRequest } from './hash.ts';
import { startMirrors } from './mirror.ts';
import type { RoutedStream, RouterSetting } from './router-host.ts';
import { announceTimeout, finalTimeouts, type Timeouts } from './timeouts.ts';
import {
  grpcToHttp,
  noHealthyUpstream,
  resetFailure,
  timeout,
  tlsInfo,
  type UpstreamFailure,
} from './upstream-failure.ts';

/** The router filter's work for one request: cluster, host, attempts, timeouts (envoy source/common/router/router.cc). */
export class Router implements StreamReceiver, LbContext {
  readonly #stream: RoutedStream;
  readonly #setting: RouterSetting;
  readonly #policy: RoutePolicy;
  readonly #cluster: Cluster;
  readonly #isGrpc: boolean;
  #timeouts: Timeouts = { global: 0, perTry: 0 };
  #retry: RetryState | undefined;
  #host: Host | undefined;
  #tried: Set<Host> | undefined;
  #exchange: Exchange | undefined;
  #globalTimer: Timer | undefined;
  #tryTimer: Timer | undefined;
  #backOff: Timer | undefined;
  #hash: bigint | undefined | null = null;
  #cookies: string[] | undefined;
  #sent = false;
  #started = 0;
  /** The attempt under way, 0 when none is. */
  #attempt = 0;
  #responding = false;
  #over = false;

  constructor(stream: RoutedStream, route: { policy: RoutePolicy; cluster: Cluster }, setting: RouterSetting) {
    this.#stream = stream;
    this.#setting = setting;
    this.#policy = route.policy;
    this.#cluster = route.cluster;
    this.#isGrpc = stream.request.headers.get('content-type')?.startsWith('application/grpc') ?? false;
  }

  start(): void {
    const stream = this.#stream;
    const { headers } = stream.request;
    const { clock, random, suppressEnvoyHeaders } = this.#setting;
    stream.info.upstreamCluster = this.#cluster.name;
    const host = this.#cluster.choose(this);
    if (!host) {
      this.#noHost();
      return;
    }
    this.#started = clock.elapsed;
    this.#timeouts = finalTimeouts(this.#policy, headers, this.#isGrpc);
    if (!suppressEnvoyHeaders) announceTimeout(headers, this.#timeouts, 0);
    if (stream.route?.includeRequestAttemptCount) headers.set('x-envoy-attempt-count', '1');
    stream.info.attemptCount = 1;
    stream.route?.finalizeRequest(stream);
    const breaker = this.#cluster.breakers[this.#policy.priority];
    this.#retry = RetryState.of({ policy: this.#policy.retry, headers, breaker, stats: this.#cluster.stats, random });
    this.#send(host);
    if (this.#policy.mirrors.length > 0) startMirrors(stream, this.#policy, this.#timeouts.global, this.#setting);
    // Whatever ended within this instant cannot time out: timers are only made for what is still open.
    if (!this.#over && this.#timeouts.global > 0)
      this.#globalTimer = clock.after(this.#timeouts.global - (clock.elapsed - this.#started), () => this.#timedOut());
  }

  /** The downstream has gone, or the stream was answered otherwise. */
  cancel(): void {
    if (this.#over) return;
    this.#finish();
    this.#exchange?.cancel();
  }

  // LbContext

  get destination(): Address {
    return this.#stream.connection.destination;
  }

  get hostSelectionAttempts(): number {
    return this.#tried ? (this.#policy.retry?.hostSelectionAttempts ?? 1) : 0;
  }

  get metadataMatch(): ReadonlyMap<string, string> | undefined {
    return this.#policy.metadataMatch;
  }

  get avoids(): ((host: Host) => boolean) | undefined {
    const tried = this.#tried;
    return tried && ((host) => tried.has(host));
  }

  hash(): bigint | undefined {
    if (this.#hash === null)
      this.#hash = hashRequest(this.#policy.hash, this.#stream, (cookie) => {
        this.#cookies = [...(this.#cookies ?? []), cookie];
      });
    return this.#hash;
  }

  // StreamReceiver

  onReady(connection: ServerEnd): void {
    const { info } = this.#stream;
    this.#bodyRead();
    this.#sent = true;
    info.firstUpstreamTxByte ??= this.#setting.clock.now();
    info.upstreamTls = connection.layers[0] && tlsInfo(connection.layers[0]);
  }

  onPoolFailure(reason: PoolFailure, transportReason: string): void {
    if (reason !== 'overflow') this.#bodyRead();
    this.#reset(reason, transportReason);
  }

  onReset(reason: ResetReason): void {
    this.#reset(reason, '');
  }

  onResponse(response: HttpResponse, end: boolean): void {
    const { info } = this.#stream;
    const now = this.#setting.clock.now();
    info.firstUpstreamRxByte ??= now;
    info.lastUpstreamRxByte = now;
    const grpcStatus = this.#isGrpc ? response.headers.get('grpc-status') : undefined;
    this.#host?.outlier?.putStatus(grpcStatus === undefined ? response.status : grpcToHttp(Number(grpcStatus)));
    this.#stream.trace?.record({
      ...this.#event(),
      kind: 'upstream',
      host: this.#hostAddress(),
      status: response.status,
    });
    if (this.#retry && this.#retries(this.#retry.onResponse(response), `status ${response.status}`)) {
      this.#cluster.stats.chargeRetry(response.status);
      if (!end) this.#exchange?.cancel();
      return;
    }
    this.#forward(response, end);
  }

  onData(data: Body, end: boolean): void {
    this.#stream.info.lastUpstreamRxByte = this.#setting.clock.now();
    if (end) this.#finish();
    this.#stream.respondData(data, end);
  }

  /** The body comes after the headers: who is answered while those are read has sent none of it (%BYTES_RECEIVED%). */
  #bodyRead(): void {
    const { request, info } = this.#stream;
    info.bytesReceived = bodyLength(request.body);
  }

  #forward(response: HttpResponse, end: boolean): void {
    const stream = this.#stream;
    const { clock, suppressEnvoyHeaders } = this.#setting;
    this.#retry?.done();
    this.#retry = undefined;
    this.#tryTimer?.cancel();
    this.#responding = true;
    if (!suppressEnvoyHeaders)
      response.headers.set('x-envoy-upstream-service-time', String(Math.floor(clock.elapsed - this.#started)));
    this.#cluster.stats.charge(response.status, this.#isInternal);
    if (this.#host) this.#host.stats[response.status >= 500 ? 'rqError' : 'rqSuccess']++;
    for (const cookie of this.#cookies ?? []) response.headers.add('set-cookie', cookie);
    if (stream.route?.includeAttemptCountInResponse)
      response.headers.set('x-envoy-attempt-count', String(stream.info.attemptCount));
    stream.info.responseCodeDetails = 'via_upstream';
    stream.response = response;
    stream.route?.finalizeResponse(stream);
    if (end) this.#finish();
    stream.respond(response, end);
  }

  #send(host: Host): void {
    const stream = this.#stream;
    const { request, info } = stream;
    this.#host = host;
    this.#sent = false;
    const attempt = ++this.#attempt;
    if (this.#retry) {
      this.#tried ??= new Set();
      this.#tried.add(host);
    }
    info.upstreamHost = host.address;
    info.upstreamMetadata = host.metadata;
    stream.trace?.record({
      ...this.#event(),
      kind: 'endpoint',
      cluster: this.#cluster.name,
      host: host.address,
      reason: '',
      attempt: info.attemptCount,
    });
    if (this.#policy.autoHostRewrite && host.hostname) request.headers.set(':authority', host.hostname);
    const pool = this.#cluster.pool(
      host,
      { downstreamProtocol: info.protocol, alpn: stream.alpn, serverName: this.#serverName() },
      this.#policy.priority,
    );
    const exchange = pool.newStream(
      { headers: request.headers.copy(), body: request.body, tag: request.tag, hops: (request.hops ?? 0) + 1 },
      this,
    );
    if (this.#over || this.#attempt !== attempt || this.#backOff) return;
    this.#exchange = exchange;
    if (this.#timeouts.perTry > 0 && !this.#responding)
      this.#tryTimer = this.#setting.clock.after(this.#timeouts.perTry, () => this.#tryTimedOut());
  }

  #reset(reason: UpstreamReset, transportReason: string): void {
    const stream = this.#stream;
    this.#tryTimer?.cancel();
    if (reason !== 'overflow') this.#host?.outlier?.putLocalFailure('connectFailed');
    if (transportReason) stream.info.upstreamTransportFailureReason = transportReason;
    stream.trace?.record({
      ...this.#event(),
      kind: 'upstream',
      host: this.#hostAddress(),
      failure: transportReason || reason,
    });
    if (!this.#responding && this.#retry && this.#retries(this.#retry.onReset(reason, this.#sent), reason)) return;
    this.#abort(
      resetFailure(reason, { transportReason, isRetry: stream.info.attemptCount > 1, responding: this.#responding }),
    );
  }

  /** Whether another attempt follows. */
  #retries(decision: RetryDecision, because: string): boolean {
    const stream = this.#stream;
    if (decision === 'limit') stream.flag('URX');
    if (decision === 'overflow') stream.flag('UO');
    if (decision !== 'yes' || !this.#retry) return false;
    if (this.#host) this.#host.stats.rqError++;
    this.#tryTimer?.cancel();
    this.#exchange = undefined;
    const wait = this.#retry.nextBackOffMs();
    stream.trace?.record({
      ...this.#event(),
      kind: 'retry',
      attempt: stream.info.attemptCount + 1,
      because,
      backOffMs: wait,
    });
    this.#backOff = this.#setting.clock.after(wait, () => this.#again());
    return true;
  }

  #again(): void {
    const { headers } = this.#stream.request;
    const { info, route } = this.#stream;
    this.#backOff = undefined;
    info.attemptCount++;
    if (route?.includeRequestAttemptCount) headers.set('x-envoy-attempt-count', String(info.attemptCount));
    const cluster = this.#setting.cluster(this.#cluster.name);
    const host = cluster?.choose(this);
    if (!host) {
      this.#noHost();
      return;
    }
    if (!this.#setting.suppressEnvoyHeaders)
      announceTimeout(headers, this.#timeouts, this.#setting.clock.elapsed - this.#started);
    this.#send(host);
  }

  #noHost(): void {
    const cluster = this.#cluster.name;
    this.#cluster.stats.cxNoneHealthy.value++;
    this.#stream.trace?.record({
      ...this.#event(),
      kind: 'noEndpoint',
      cluster,
      reason: 'no healthy upstream',
      flag: 'UH',
    });
    this.#abort(noHealthyUpstream);
  }

  #timedOut(): void {
    const { stats } = this.#cluster;
    if (this.#attempt > 0 && !this.#backOff) {
      stats.rqTimeout.value++;
      if (this.#host) this.#host.stats.rqTimeout++;
      if (!this.#responding) this.#host?.outlier?.putLocalFailure('timeout', 504);
      this.#exchange?.cancel();
    }
    this.#abort(timeout('response_timeout'));
  }

  #tryTimedOut(): void {
    // What has begun may go on up to the global timeout (upstream_request.cc, onPerTryTimeout).
    if (this.#responding) return;
    this.#cluster.stats.rqPerTryTimeout.value++;
    if (this.#host) this.#host.stats.rqTimeout++;
    this.#exchange?.cancel();
    this.#host?.outlier?.putLocalFailure('timeout', 504);
    if (this.#retry && this.#retries(this.#retry.onReset('local reset', this.#sent), 'per-try timeout')) return;
    this.#abort(timeout('upstream_per_try_timeout'));
  }

  #abort({ status, flag, body, details, dropped }: UpstreamFailure): void {
    const stream = this.#stream;
    if (!this.#responding) this.#cluster.stats.charge(status, this.#isInternal);
    stream.flag(flag);
    this.#finish();
    const headers: [string, string][] = dropped ? [['x-envoy-overloaded', 'true']] : [];
    if (stream.route?.includeAttemptCountInResponse)
      headers.push(['x-envoy-attempt-count', String(stream.info.attemptCount)]);
    stream.reply({ kind: 'localReply', status, body, details, headers });
  }

  #finish(): void {
    this.#over = true;
    this.#globalTimer?.cancel();
    this.#tryTimer?.cancel();
    this.#backOff?.cancel();
    this.#retry?.done();
  }

  #serverName(): string {
    return this.#cluster.http.autoSni
      ? (this.#stream.request.headers.get(':authority') ?? '').replace(/:\d+$/, '')
      : '';
  }

  get #isInternal(): boolean {
    return this.#stream.request.headers.get('x-envoy-internal') === 'true';
  }

  #hostAddress(): Address {
    return this.#host?.address ?? { ip: '', port: 0 };
  }

  #event(): { at: number; node: string } {
    return { at: this.#setting.clock.now(), node: this.#setting.node.id };
  }
}
