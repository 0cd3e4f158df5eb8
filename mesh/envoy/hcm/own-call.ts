import { HeaderList } from '../../world/header-list.ts';
import type { Body, HttpRequest, HttpResponse } from '../../world/http-message.ts';
import { addFlag, NewStreamInfo } from '../runtime/stream-info.ts';
import type { CompiledRoute, DownstreamConnection, LocalReply, ResponseFlag, RoutePolicy } from '../types.ts';
import { Router } from './router.ts';
import type { CallOptions, RoutedStream, RouterSetting } from './router-host.ts';
import { emptyBody, joinBodies } from './status.ts';

const policyFor = (cluster: string, timeoutMs: number): RoutePolicy => ({
  clusters: { kind: 'cluster', name: cluster },
  clusterNotFoundStatus: 503,
  timeoutMs,
  idleTimeoutMs: -1,
  usesNewTimeouts: false,
  grpcTimeoutOffsetMs: 0,
  retry: undefined,
  hedgeOnPerTryTimeout: false,
  internalRedirect: undefined,
  hash: [],
  mirrors: [],
  metadataMatch: undefined,
  upgrades: undefined,
  autoHostRewrite: false,
  priority: 'DEFAULT',
});

/** A request that the proxy makes itself: mirrors, JWKS (source/common/http/async_client_impl.cc). */
class OwnStream implements RoutedStream {
  readonly request: HttpRequest;
  readonly connection: DownstreamConnection;
  readonly info: NewStreamInfo;
  readonly alpn = undefined;
  readonly trace = undefined;
  readonly randomValue = 0;
  response: HttpResponse | undefined = undefined;
  route: CompiledRoute | undefined = undefined;
  weightedCluster = -1;
  readonly #done: ((response: HttpResponse) => void) | undefined;
  #body: Body = emptyBody;

  constructor(
    request: HttpRequest,
    at: { connection: DownstreamConnection; now: number },
    done?: (response: HttpResponse) => void,
  ) {
    this.request = request;
    this.connection = at.connection;
    this.info = new NewStreamInfo(at.now, 'HTTP/1.1');
    this.#done = done;
  }

  clearRoute(): void {}
  /** No route of an own request follows redirects. */
  recreate(): void {}
  setDynamicMetadata(): void {}

  flag(flag: ResponseFlag): void {
    addFlag(this.info, flag);
  }

  reply({ status, body }: LocalReply): void {
    this.#done?.({ status, headers: new HeaderList(), body });
  }

  respond(response: HttpResponse, end: boolean): void {
    this.response = response;
    this.#body = response.body;
    if (end) this.#done?.(response);
  }

  respondData(data: Body, end: boolean): void {
    this.#body = joinBodies(this.#body, data);
    if (end && this.response) this.#done?.({ ...this.response, body: this.#body });
  }
}

/** RouterSetting.call. An unknown cluster answers 503. */
export function callCluster(
  setting: RouterSetting,
  what: { cluster: string; request: HttpRequest },
  { timeoutMs, done }: CallOptions,
): void {
  const { node, clock } = setting;
  const connection: DownstreamConnection = {
    id: 0,
    node,
    source: { ip: node.ip, port: 0 },
    destination: { ip: node.ip, port: 0 },
    listener: '',
    filterChain: '',
    direction: 'UNSPECIFIED',
    transportProtocol: 'raw_buffer',
    protocol: 'HTTP/1.1',
    serverName: '',
    dynamicMetadata: new Map(),
    filterState: new Map(),
    terminationDetails: '',
  };
  const cluster = setting.cluster(what.cluster);
  if (!cluster) {
    done?.({ status: 503, headers: new HeaderList(), body: '' });
    return;
  }
  const stream = new OwnStream(what.request, { connection, now: clock.now() }, done);
  new Router(stream, { policy: policyFor(what.cluster, timeoutMs), cluster }, setting).start();
}
