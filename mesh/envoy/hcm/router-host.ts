import type { Body, HttpRequest, HttpResponse } from '../../world/http-message.ts';
import type { Random } from '../../world/random.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { CompiledRoute, LocalReply, NodeInfo, Stream } from '../types.ts';

/** What the router needs of its proxy. */
export interface RouterSetting {
  node: NodeInfo;
  clock: VirtualClock;
  random: Random;
  cluster(name: string): Cluster | undefined;
  /** Router filter's suppress_envoy_headers. */
  suppressEnvoyHeaders: boolean;
  /** A request of the proxy itself to one of its clusters; nobody waits when `done` is absent. */
  call(cluster: string, request: HttpRequest, how: CallOptions): void;
}

export interface CallOptions {
  /** 0: none. */
  timeoutMs: number;
  done?: (response: HttpResponse) => void;
}

/** The stream that a router works for: one of an HTTP connection manager, or one of the proxy's own (mirrors, JWKS). */
export interface RoutedStream extends Stream {
  route: CompiledRoute | undefined;
  /** ALPN to offer by upstream protocol (istio.alpn). */
  readonly alpn: { [protocol: string]: readonly string[] } | undefined;
  /** Answers in place of the upstream. Cuts the answer off when it has begun. */
  reply(reply: LocalReply): void;
  /** The upstream's answer; `end`: complete. */
  respond(response: HttpResponse, end: boolean): void;
  respondData(data: Body, end: boolean): void;
  /** Starts over with the request as it stands: an internal redirect by this answer. */
  recreate(response: HttpResponse): void;
}
