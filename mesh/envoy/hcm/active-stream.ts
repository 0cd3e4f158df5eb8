import type { JsonObject } from '../../json.ts';
import type { Exchange, Receiver } from '../../world/connection.ts';
import type { Timer } from '../../world/event-queue.ts';
import { type Body, bodyLength, type HttpRequest, type HttpResponse } from '../../world/http-message.ts';
import { clientAddress } from '../headers/forwarding.ts';
import { logDetail } from '../log/log-detail.ts';
import { addFlag, NewStreamInfo } from '../runtime/stream-info.ts';
import type {
  CompiledRoute,
  Delay,
  DownstreamConnection,
  FilterResult,
  LocalReply,
  ResponseFlag,
  RoutePolicy,
  StreamInfo,
  TraceDetail,
  TraceSink,
} from '../types.ts';
import { clusterName } from './cluster-name.ts';
import { decisionOf } from './decision.ts';
import { disabled } from './filter-chain.ts';
import { isGrpc } from './grpc.ts';
import { ownAnswer } from './own-answer.ts';
import { finishResponse, operationOf } from './response-headers.ts';
import { Router } from './router.ts';
import type { RoutedStream } from './router-host.ts';
import { localResponse } from './status.ts';
import type { StreamManager, Tunnel } from './stream-manager.ts';
import { StreamTimers, streamDuration } from './stream-timers.ts';
import { refusedUpgrade } from './upgrade.ts';

/** One request on its way through a connection manager (source/common/http/{conn_manager_impl,filter_manager}.cc). */
export class ActiveStream implements RoutedStream, Exchange {
  readonly request: HttpRequest;
  readonly connection: DownstreamConnection;
  readonly info: NewStreamInfo;
  readonly trace: TraceSink | undefined;
  readonly randomValue: number;
  response: HttpResponse | undefined = undefined;
  route: CompiledRoute | undefined = undefined;
  weightedCluster = -1;
  readonly #manager: StreamManager;
  readonly #receiver: Receiver;
  readonly #open: Tunnel['open'] | undefined;
  #perRoute: readonly unknown[] = [];
  #router: Router | undefined = undefined;
  #stale = false;
  #encoding = false;
  #responded = false;
  #waiting: { data: Body; end: boolean }[] | undefined = undefined;
  #timers: StreamTimers | undefined = undefined;
  #longestMs = 0;
  #pause: Timer | undefined = undefined;
  #done = false;
  #successor: Exchange | undefined = undefined;

  constructor(
    manager: StreamManager,
    connection: DownstreamConnection,
    message: { request: HttpRequest } & Pick<Tunnel, 'receiver'> & Partial<Tunnel>,
  ) {
    const { clock, random } = manager.setting;
    this.#manager = manager;
    this.#receiver = message.receiver;
    this.#open = message.open;
    this.request = message.request;
    this.connection = connection;
    this.trace = manager.setting.traceOf?.(message.request);
    this.randomValue = Math.floor(random.next() * 4_294_967_296);
    this.info = new NewStreamInfo(clock.now(), connection.protocol);
  }

  get alpn(): { [protocol: string]: readonly string[] } | undefined {
    return this.#manager.config.alpn;
  }

  /** `first`: not an internal redirect, whose request has been prepared before. */
  start(first = true): void {
    const { config } = this.#manager;
    const client = first ? clientAddress(this.request.headers, config) : undefined;
    const refusal = first ? this.#manager.prepare(this.request, this.connection) : undefined;
    if (client) this.info.downstreamRemote = { ip: client, port: 0 };
    if (refusal) this.reply(refusal);
    else {
      this.#match();
      this.#longestMs = streamDuration(this.#policy, this.request.headers, config);
      const upgrade = refusedUpgrade(this.request.headers, config.upgrades, this.#policy?.upgrades);
      if (upgrade) this.reply(upgrade);
      else this.#decode(0);
    }
    if (this.#done) return;
    this.info.bytesReceived = bodyLength(this.request.body);
    this.#timers = new StreamTimers(this.#manager.setting.clock, (reply) => this.reply(reply));
    this.#timers.arm(this.#longestMs, this.#policy, config);
  }

  clearRoute(): void {
    this.#stale = true;
  }

  flag(flag: ResponseFlag): void {
    addFlag(this.info, flag);
  }

  setDynamicMetadata(filter: string, value: JsonObject): void {
    this.info.dynamicMetadata ??= new Map();
    this.info.dynamicMetadata.set(filter, value);
  }

  /** The downstream gave up. */
  cancel(): void {
    this.#successor?.cancel();
    if (this.#done) return;
    this.#router?.cancel();
    this.flag('DC');
    this.info.responseCodeDetails = 'downstream_remote_disconnect';
    this.#complete();
  }

  reply(reply: LocalReply): void {
    if (this.#done) return;
    if (reply.flag) this.flag(reply.flag);
    this.info.responseCodeDetails = reply.details;
    this.#router?.cancel();
    if (this.#responded) {
      this.#complete();
      this.#receiver.onReset('connection termination');
      return;
    }
    const { headers } = this.request;
    const change = (response: HttpResponse) => {
      this.response = response;
      // Whoever answers, a route to a cluster does what it says to the headers (filter_manager.cc, sendLocalReplyViaFilterChain).
      if (reply.isRoutes || this.route?.action.kind === 'route') this.route?.finalizeResponse(this);
    };
    this.response = localResponse(
      reply,
      { isGrpc: isGrpc(headers), isHead: headers.get(':method') === 'HEAD' },
      change,
    );
    this.#encode(this.#manager.chain.filters.length - 1, true);
  }

  respond(response: HttpResponse, end: boolean): void {
    if (this.#done) return;
    this.response = response;
    this.#encode(this.#manager.chain.filters.length - 1, end);
  }

  respondData(data: Body, end: boolean): void {
    if (this.#done) return;
    if (this.#encoding) {
      this.#waiting = [...(this.#waiting ?? []), { data, end }];
      return;
    }
    this.info.bytesSent += bodyLength(data);
    if (end) this.#complete();
    else this.#timers?.touch();
    this.#receiver.onData(data, end);
  }

  /** An internal redirect: this stream ends as if answered, and another takes its place (filter_manager.cc, recreateStream). */
  recreate(response: HttpResponse): void {
    this.info.responseCode = response.status;
    this.info.responseCodeDetails = 'internal_redirect';
    this.#complete();
    this.#successor = this.#manager.restart(this, this.#receiver);
  }

  #match(): void {
    this.#stale = false;
    const table = this.#manager.routes();
    const match = table?.match(this);
    this.route = match?.route;
    this.info.virtualHost = match?.virtualHost ?? '';
    this.info.routeName = match?.route?.name ?? '';
    // Known as soon as the route is, even when a filter answers (source/common/http/conn_manager_impl.cc, setCachedRoute).
    const policy = this.#policy;
    const cluster = policy && this.#manager.setting.cluster(clusterName(policy.clusters, this));
    this.info.upstreamCluster = cluster?.name;
    this.info.upstreamAlias = cluster?.alias;
    this.#perRoute = this.#manager.chain.perRoute(this.route, this.weightedCluster);
    if (!this.trace) return;
    const at = { table: table?.name ?? '', virtualHost: this.info.virtualHost, rejected: match?.rejected ?? [] };
    if (match?.route) this.#note({ kind: 'route', ...at, route: match.route.name, pointer: match.route.pointer });
    else this.#note({ kind: 'noRoute', ...at, pointer: this.#manager.pointer });
  }

  #decode(from: number): void {
    const { filters } = this.#manager.chain;
    for (let i = from; i < filters.length; i++) {
      const filter = filters[i];
      if (!filter?.decode) continue;
      if (this.#stale) this.#match();
      const setting = this.#perRoute[i];
      if (setting === disabled) continue;
      const result = filter.decode(this, setting);
      if (this.trace) this.#noteFilter(i, result);
      if (result !== undefined && !this.#goesOn(result, () => this.#decode(i + 1))) return;
      if (this.#done) return;
    }
    if (this.#stale) this.#match();
    this.#forward();
  }

  /** Whether to go on at once; if not, `next` goes on later, or the stream has been answered. */
  #goesOn(result: FilterResult, next: () => void): boolean {
    if (result === undefined) return true;
    if (this.#done) return false;
    const { clock } = this.#manager.setting;
    const resume = (later: FilterResult) => {
      if (!this.#done && this.#goesOn(later, next)) next();
    };
    if (result instanceof Promise)
      clock.follow(result, resume, (error) => {
        throw error;
      });
    else if (result.kind === 'delay') this.#pause = this.#delay(result, resume);
    else this.reply(result);
    return false;
  }

  #delay({ milliseconds, next }: Delay, resume: (later: FilterResult) => void): Timer {
    return this.#manager.setting.clock.after(milliseconds, () => resume(next?.()));
  }

  /** The router filter's decision (source/common/router/router.cc, decodeHeaders). */
  #forward(): void {
    const { route } = this;
    this.#manager.stats.routed();
    if (route?.action.kind === 'route') {
      this.#toCluster(route, route.action.policy);
      return;
    }
    const answer = ownAnswer(route, this.request);
    if (answer.isRoutes) route?.finalizeRequest(this);
    this.reply(answer);
  }

  get #policy(): RoutePolicy | undefined {
    return this.route?.action.kind === 'route' ? this.route.action.policy : undefined;
  }

  #toCluster(route: CompiledRoute, policy: RoutePolicy): void {
    const { clusters } = policy;
    const name = clusterName(clusters, this);
    const cluster = this.#manager.setting.cluster(name);
    if (this.trace)
      this.#note({ kind: 'cluster', cluster: name, pointer: cluster?.pointer ?? '', reason: clusters.kind });
    if (!cluster) {
      this.reply({
        kind: 'localReply',
        status: policy.clusterNotFoundStatus,
        body: '',
        details: 'cluster_not_found',
        flag: 'NC',
      });
      return;
    }
    if (this.#open) {
      this.#open(name, this, (info) => this.#tunnelEnded(info));
      return;
    }
    if (this.#manager.config.tracing && this.#manager.config.isEgress) {
      const operation = operationOf(route);
      if (operation) this.request.headers.set('x-envoy-decorator-operation', operation);
    }
    this.#router = new Router(this, { policy, cluster }, this.#manager.setting);
    this.#router.start();
  }

  #tunnelEnded({ bytesReceived, bytesSent, upstreamHost, flags }: StreamInfo): void {
    if (this.#done) return;
    Object.assign(this.info, { bytesReceived, bytesSent, upstreamHost, responseCode: flags.length > 0 ? 503 : 200 });
    for (const flag of flags) this.flag(flag);
    this.info.responseCodeDetails = 'via_upstream';
    this.#complete();
  }

  #encode(from: number, end: boolean): void {
    const { filters } = this.#manager.chain;
    this.#encoding = true;
    for (let i = from; i >= 0; i--) {
      const filter = filters[i];
      const setting = this.#perRoute[i];
      if (!filter?.encode || setting === disabled) continue;
      const result = filter.encode(this, setting);
      if (result !== undefined && !this.#goesOn(result, () => this.#encode(i - 1, end))) return;
      if (this.#done) return;
    }
    this.#encoding = false;
    this.#sendHead(end);
  }

  #sendHead(end: boolean): void {
    const { response, info } = this;
    if (!response) return;
    const { clock } = this.#manager.setting;
    const now = clock.now();
    finishResponse(response, this.#manager.config, {
      date: this.#manager.date.at(now),
      route: this.route,
      requestId: this.request.headers.get('x-request-id'),
    });
    info.responseCode = response.status;
    info.bytesSent = response.body.length === 0 ? 0 : bodyLength(response.body);
    this.#responded = true;
    if (info.responseCodeDetails !== 'via_upstream' || info.flags.length > 0) this.#sign(response);
    this.#note({ kind: 'response', status: response.status, flags: info.flags, details: info.responseCodeDetails });
    if (end) this.#complete();
    else this.#timers?.touch();
    this.#receiver.onResponse(response, end);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    for (const { data, end: last } of waiting ?? []) this.respondData(data, last);
  }

  /** The first proxy on the way back that did more than pass on has decided. */
  #sign(response: HttpResponse): void {
    const { flags, responseCodeDetails } = this.info;
    response.decided ??= { node: this.#manager.setting.node.id, flags: flags.join(','), details: responseCodeDetails };
  }

  #complete(): void {
    this.#done = true;
    this.info.end = this.#manager.setting.clock.now();
    this.#timers?.cancel();
    this.#pause?.cancel();
    if (this.trace) this.#note(logDetail(this.info));
    this.#manager.finished(this);
  }

  #noteFilter(i: number, result: FilterResult): void {
    const filter = this.#manager.chain.filters[i]?.name ?? '';
    this.#note({
      kind: 'filter',
      filter,
      pointer: this.#manager.chain.pointers[i] ?? '',
      decision: decisionOf(result),
    });
  }

  #note(detail: TraceDetail): void {
    const { clock, node } = this.#manager.setting;
    this.trace?.record({ at: clock.now(), node: node.id, ...detail });
  }
}
