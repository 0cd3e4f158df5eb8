import type { ServerEnd } from '../../world/connection.ts';
import type { Timer } from '../../world/event-queue.ts';
import { type Body, bodyLength, type HttpResponse } from '../../world/http-message.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Host } from '../cluster/host.ts';
import { type RetryDecision, RetryState, type UpstreamReset } from '../retry/retry-state.ts';
import type { RoutePolicy, TraceDetail } from '../types.ts';
import { AttemptSet } from './attempt-set.ts';
import { isGrpc } from './grpc.ts';
import { HostChoice } from './host-choice.ts';
import { redirectInternally } from './internal-redirect.ts';
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
import { type Attempts, UpstreamRequest } from './upstream-request.ts';

/** The router filter's work for one request: cluster, host, attempts, timeouts (envoy source/common/router/router.cc). */
export class Router implements Attempts {
  readonly #stream: RoutedStream;
  readonly #setting: RouterSetting;
  readonly #policy: RoutePolicy;
  readonly #cluster: Cluster;
  readonly #isGrpc: boolean;
  readonly #choice: HostChoice;
  readonly #attempts = new AttemptSet();
  #timeouts: Timeouts = { global: 0, perTry: 0, perTryIdle: 0, tellsGrpc: false, hedge: false };
  #retry: RetryState | undefined;
  #globalTimer: Timer | undefined;
  #backOff: Timer | undefined;
  #started = 0;
  #responding = false;
  #over = false;

  constructor(stream: RoutedStream, route: { policy: RoutePolicy; cluster: Cluster }, setting: RouterSetting) {
    this.#stream = stream;
    this.#setting = setting;
    this.#policy = route.policy;
    this.#cluster = route.cluster;
    this.#choice = new HostChoice(stream, route.policy);
    this.#isGrpc = isGrpc(stream.request.headers);
  }

  start(): void {
    const stream = this.#stream;
    const { headers } = stream.request;
    const { clock, random, suppressEnvoyHeaders } = this.#setting;
    stream.info.upstreamCluster = this.#cluster.name;
    stream.info.upstreamAlias = this.#cluster.alias;
    stream.info.attemptCount = 1;
    const host = this.#cluster.choose(this.#choice);
    if (!host) {
      this.#noHost();
      return;
    }
    this.#started = clock.elapsed;
    this.#timeouts = finalTimeouts(this.#policy, headers, this.#isGrpc);
    announceTimeout(headers, this.#timeouts, { elapsed: 0, suppressed: suppressEnvoyHeaders });
    if (stream.route?.includeRequestAttemptCount) headers.set('x-envoy-attempt-count', '1');
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
    this.#attempts.cancel();
  }

  // Attempts

  onReady(_attempt: UpstreamRequest, connection: ServerEnd): void {
    const { info } = this.#stream;
    this.#bodyRead();
    info.firstUpstreamTxByte ??= this.#setting.clock.now();
    info.upstreamTls = connection.layers[0] && tlsInfo(connection.layers[0]);
  }

  onResponse(attempt: UpstreamRequest, response: HttpResponse, end: boolean): void {
    const { info } = this.#stream;
    const now = this.#setting.clock.now();
    info.firstUpstreamRxByte ??= now;
    info.lastUpstreamRxByte = now;
    const grpcStatus = this.#isGrpc ? response.headers.get('grpc-status') : undefined;
    attempt.host.outlier?.putStatus(grpcStatus === undefined ? response.status : grpcToHttp(Number(grpcStatus)));
    this.#note({ kind: 'upstream', host: attempt.host.address, status: response.status });
    const decision = this.#retry ? this.#decide(attempt, this.#retry, response) : 'no';
    if (decision === 'yes') {
      this.#cluster.stats.chargeRetry(response.status);
      attempt.discard();
      return;
    }
    if (this.#redirects(response, end)) return;
    if (decision !== 'no' && this.#othersWait(attempt)) {
      attempt.host.stats.rqError++;
      this.#attempts.drop(attempt);
      attempt.discard();
      return;
    }
    this.#forward(attempt, response, end);
  }

  onData(data: Body, end: boolean): void {
    this.#stream.info.lastUpstreamRxByte = this.#setting.clock.now();
    if (end) this.#finish();
    this.#stream.respondData(data, end);
  }

  onReset(attempt: UpstreamRequest, reason: UpstreamReset, transportReason: string): void {
    const stream = this.#stream;
    if (reason !== 'overflow') this.#bodyRead();
    if (reason !== 'overflow' && !attempt.retried) attempt.host.outlier?.putLocalFailure('connectFailed');
    if (attempt.hostless) stream.info.upstreamHost = undefined;
    if (transportReason) stream.info.upstreamTransportFailureReason = transportReason;
    this.#note({ kind: 'upstream', host: attempt.host.address, failure: transportReason || reason });
    const mayRetry = !this.#responding && !attempt.retried ? this.#retry : undefined;
    if (mayRetry && this.#retries(attempt, mayRetry.onReset(reason, attempt.sent), reason)) return;
    this.#attempts.drop(attempt);
    // Others may still answer.
    if (!this.#responding && this.#othersWait(attempt)) return;
    this.#abort(
      resetFailure(reason, { transportReason, isRetry: stream.info.attemptCount > 1, responding: this.#responding }),
    );
  }

  onTryTimeout(attempt: UpstreamRequest, idle: boolean): void {
    const { stats } = this.#cluster;
    const { host } = attempt;
    if (this.#timeouts.hedge) {
      this.#hedge(attempt);
      return;
    }
    (idle ? stats.rqPerTryIdleTimeout : stats.rqPerTryTimeout).value++;
    host.stats.rqTimeout++;
    attempt.cancel();
    host.outlier?.putLocalFailure('timeout', 504);
    const because = idle ? 'per-try idle timeout' : 'per-try timeout';
    const mayRetry = this.#responding ? undefined : this.#retry;
    if (mayRetry && this.#retries(attempt, mayRetry.onReset('local reset', attempt.sent), because)) return;
    this.#abort(timeout(idle ? 'upstream_per_try_idle_timeout' : 'upstream_per_try_timeout'));
  }

  /** Another attempt beside the one that is late; the first good answer wins (onSoftPerTryTimeout). */
  #hedge(attempt: UpstreamRequest): void {
    if (attempt.retried) return;
    attempt.host.outlier?.putLocalFailure('timeout', 504);
    if (this.#responding || !this.#retry || !this.#retries(attempt, this.#retry.onHedge(), 'hedging')) return;
    this.#attempts.hedge(attempt);
  }

  /** As RetryState decides; `limit` also for an answer that would be retried and has been already. */
  #decide(attempt: UpstreamRequest, retry: RetryState, response: HttpResponse): RetryDecision {
    if (attempt.retried) return retry.wouldRetry(response) ? 'limit' : 'no';
    const decision = retry.onResponse(response);
    this.#retries(attempt, decision, `status ${response.status}`);
    return decision;
  }

  #redirects(response: HttpResponse, end: boolean): boolean {
    const policy = this.#policy.internalRedirect;
    if (
      !policy?.codes.has(response.status) ||
      !redirectInternally(this.#stream, response, { policy, cluster: this.#cluster })
    )
      return false;
    this.#finish();
    if (!end) this.#attempts.cancel();
    this.#stream.recreate(response);
    return true;
  }

  /** The body comes after the headers: who is answered while those are read has sent none of it (%BYTES_RECEIVED%). */
  #bodyRead(): void {
    const { request, info } = this.#stream;
    info.bytesReceived = bodyLength(request.body);
  }

  #forward(attempt: UpstreamRequest, response: HttpResponse, end: boolean): void {
    const stream = this.#stream;
    const { clock, suppressEnvoyHeaders } = this.#setting;
    this.#retry?.done();
    this.#retry = undefined;
    this.#backOff?.cancel();
    this.#backOff = undefined;
    this.#responding = true;
    this.#attempts.keepOnly(attempt);
    if (!suppressEnvoyHeaders)
      response.headers.set('x-envoy-upstream-service-time', String(Math.floor(clock.elapsed - this.#started)));
    this.#cluster.stats.charge(response.status, this.#isInternal);
    attempt.host.stats[response.status >= 500 ? 'rqError' : 'rqSuccess']++;
    for (const cookie of this.#choice.cookies ?? []) response.headers.add('set-cookie', cookie);
    if (stream.route?.includeAttemptCountInResponse)
      response.headers.set('x-envoy-attempt-count', String(stream.info.attemptCount));
    stream.info.responseCode = response.status;
    stream.info.responseCodeDetails = 'via_upstream';
    stream.response = response;
    stream.route?.finalizeResponse(stream);
    if (end) this.#finish();
    stream.respond(response, end);
  }

  #send(host: Host): void {
    const stream = this.#stream;
    const { request, info } = stream;
    if (this.#retry) this.#choice.avoid(host);
    info.upstreamHost = host.address;
    info.upstreamMetadata = host.metadata;
    if (stream.trace)
      this.#note({
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
    const attempt = new UpstreamRequest(this, host, { clock: this.#setting.clock, timeouts: this.#timeouts });
    this.#attempts.start(attempt);
    attempt.start(pool, {
      headers: request.headers.copy(),
      body: request.body,
      tag: request.tag,
      hops: (request.hops ?? 0) + 1,
    });
  }

  /** Whether another attempt follows. */
  #retries(attempt: UpstreamRequest, decision: RetryDecision, because: string): boolean {
    const stream = this.#stream;
    if (decision === 'limit') stream.flag('URX');
    if (decision === 'overflow') stream.flag('UO');
    if (decision !== 'yes' || !this.#retry) return false;
    if (because !== 'hedging') {
      attempt.host.stats.rqError++;
      this.#attempts.drop(attempt);
    }
    const wait = this.#retry.nextBackOffMs();
    this.#note({ kind: 'retry', attempt: stream.info.attemptCount + 1, because, backOffMs: wait });
    this.#backOff = this.#setting.clock.after(wait, () => this.#again());
    return true;
  }

  #again(): void {
    const { headers } = this.#stream.request;
    const { info, route } = this.#stream;
    this.#backOff = undefined;
    info.attemptCount++;
    if (route?.includeRequestAttemptCount) headers.set('x-envoy-attempt-count', String(info.attemptCount));
    const host = this.#setting.cluster(this.#cluster.name)?.choose(this.#choice);
    if (!host) {
      this.#noHost();
      return;
    }
    const elapsed = this.#setting.clock.elapsed - this.#started;
    announceTimeout(headers, this.#timeouts, { elapsed, suppressed: this.#setting.suppressEnvoyHeaders });
    this.#send(host);
  }

  #noHost(): void {
    const cluster = this.#cluster.name;
    this.#cluster.stats.cxNoneHealthy.value++;
    this.#note({ kind: 'noEndpoint', cluster, reason: 'no healthy upstream', flag: 'UH' });
    this.#abort(noHealthyUpstream);
  }

  #timedOut(): void {
    for (const attempt of this.#attempts.all()) {
      if (!attempt.awaitsHeaders) continue;
      this.#cluster.stats.rqTimeout.value++;
      attempt.host.stats.rqTimeout++;
      if (!attempt.retried) attempt.host.outlier?.putLocalFailure('timeout', 504);
    }
    this.#abort(timeout('response_timeout'));
  }

  #abort({ status, flag, body, details, dropped }: UpstreamFailure): void {
    const stream = this.#stream;
    if (!this.#responding) this.#cluster.stats.charge(status, this.#isInternal);
    stream.flag(flag);
    this.#finish();
    this.#attempts.cancel();
    const headers: [string, string][] = dropped ? [['x-envoy-overloaded', 'true']] : [];
    if (stream.route?.includeAttemptCountInResponse)
      headers.push(['x-envoy-attempt-count', String(stream.info.attemptCount)]);
    stream.reply({ kind: 'localReply', status, body, details, headers });
  }

  #finish(): void {
    this.#over = true;
    this.#globalTimer?.cancel();
    this.#backOff?.cancel();
    this.#retry?.done();
  }

  /** Whether an answer may still come from elsewhere (pending_retries_). */
  #othersWait(attempt: UpstreamRequest): boolean {
    return this.#backOff !== undefined || this.#attempts.othersWait(attempt);
  }

  #serverName(): string {
    return this.#cluster.http.autoSni
      ? (this.#stream.request.headers.get(':authority') ?? '').replace(/:\d+$/, '')
      : '';
  }

  get #isInternal(): boolean {
    return this.#stream.request.headers.get('x-envoy-internal') === 'true';
  }

  #note(detail: TraceDetail): void {
    const { clock, node } = this.#setting;
    this.#stream.trace?.record({ at: clock.now(), node: node.id, ...detail });
  }
}
