import type { JsonObject } from '../json.ts';
import type { Problem } from '../problem.ts';
import type { Clock } from '../world/clock.ts';
import type { Body, HttpRequest, HttpResponse } from '../world/http-message.ts';
import type { Random } from '../world/random.ts';
import type { Address, NodeInfo, RejectedRoute, ResponseFlag, Stats, TlsInfo } from './facts.ts';
import type { RoutePolicy } from './policy.ts';
import type { TraceSink } from './trace.ts';

export type * from './facts.ts';
export type * from './policy.ts';
export type * from './trace.ts';
export type { Body, HttpRequest, HttpResponse };

/** Facts of the connection from downstream, shared by its streams. */
export interface DownstreamConnection {
  id: number;
  node: NodeInfo;
  /** The client's address (`%DOWNSTREAM_REMOTE_ADDRESS%`, direct). */
  source: Address;
  /** The restored original destination (`%DOWNSTREAM_LOCAL_ADDRESS%`). */
  destination: Address;
  listener: string;
  filterChain: string;
  direction: 'INBOUND' | 'OUTBOUND' | 'UNSPECIFIED';
  transportProtocol: 'raw_buffer' | 'tls';
  /** Of the HTTP on it; undefined when it carries none. */
  protocol: StreamInfo['protocol'];
  /** SNI seen by tls_inspector or the handshake; '' when none. */
  serverName: string;
  tls?: TlsInfo;
  /** Set by network filters; streams see it below their own. */
  dynamicMetadata: Map<string, JsonObject>;
  filterState: Map<string, string>;
  /** Why Envoy closed the connection (`%CONNECTION_TERMINATION_DETAILS%`), '' when it did not. */
  terminationDetails: string;
}

/** What Envoy's StreamInfo holds. One per HTTP stream or TCP connection; times in virtual milliseconds since the epoch. */
export interface StreamInfo {
  start: number;
  /** Undefined while the stream is open. */
  end: number | undefined;
  firstUpstreamTxByte: number | undefined;
  firstUpstreamRxByte: number | undefined;
  lastUpstreamRxByte: number | undefined;
  protocol: 'HTTP/1.0' | 'HTTP/1.1' | 'HTTP/2' | undefined;
  /** 0 until there is a response. */
  responseCode: number;
  /** `via_upstream`, `route_not_found`, …; '' when none. */
  responseCodeDetails: string;
  flags: readonly ResponseFlag[];
  /** The client's address as x-forwarded-for tells it; undefined while it is the connection's own (headers/forwarded.ts). */
  downstreamRemote?: Address;
  routeName: string;
  virtualHost: string;
  upstreamCluster: string | undefined;
  /** The name by which it is observed (Cluster.altStatName); undefined: its own. */
  upstreamAlias: string | undefined;
  upstreamHost: Address | undefined;
  upstreamLocal: Address | undefined;
  upstreamTransportFailureReason: string;
  upstreamTls: TlsInfo | undefined;
  /** Metadata of the chosen endpoint (`filterMetadata`), for `istio.workload` and the like. */
  upstreamMetadata: JsonObject | undefined;
  /** Upstream requests tried, 0 when none was. */
  attemptCount: number;
  bytesReceived: number;
  bytesSent: number;
  dynamicMetadata: Map<string, JsonObject> | undefined;
  filterState: Map<string, string> | undefined;
}

/** What an access-log line or a header format can read: an HTTP stream, or a TCP connection without `request`. */
export interface LogSource {
  info: StreamInfo;
  connection: DownstreamConnection;
  request?: HttpRequest;
  response?: HttpResponse | undefined;
}

/** One HTTP stream on its way through an HTTP connection manager. */
export interface Stream extends LogSource {
  request: HttpRequest;
  response: HttpResponse | undefined;
  /** The matched route; set before the filters run, again after `clearRoute`. */
  route: CompiledRoute | undefined;
  /** 32 random bits of the stream: runtime fractions of routes and the weighted cluster both are taken modulo of this one value (envoy source/common/router/config_impl.cc, `random_value`). */
  randomValue: number;
  /** Index into the route's weightedClusters.clusters, -1 when the route has none. Chosen together with the route. */
  weightedCluster: number;
  /** Present only in a replay. */
  trace: TraceSink | undefined;
  /** Matches the route anew before the next filter (a filter changed what routes match on). */
  clearRoute(): void;
  /** Adds a response flag, once. */
  flag(flag: ResponseFlag): void;
  /** Metadata under a filter's name; creates the map on first use. */
  setDynamicMetadata(filter: string, value: JsonObject): void;
}

/** What a filter decides. Nothing (undefined) means: go on. A promise only for what waits on the world or on `outside`. */
export type FilterResult = undefined | LocalReply | Delay | Promise<undefined | LocalReply | Delay>;

/** Answer here, without the filters behind (their encode hooks, and those before, still run, as in Envoy's sendLocalReply). */
export interface LocalReply {
  kind: 'localReply';
  status: number;
  body: string;
  /** `%RESPONSE_CODE_DETAILS%`. */
  details: string;
  flag?: ResponseFlag;
  /** For a gRPC request, instead of the status's usual translation. */
  grpcStatus?: number;
  headers?: readonly (readonly [string, string])[];
  /** The route's own answer: its operations on response headers are done to it (router.cc, directResponseEntry). */
  isRoutes?: true;
}

/** Go on after a virtual delay, with what `next` says when there is one (not `then`: that would make it a promise). */
export interface Delay {
  kind: 'delay';
  milliseconds: number;
  next?: () => FilterResult;
}

/** The world as a filter sees it. Never a wall clock, never Math.random. */
export interface FilterContext {
  node: NodeInfo;
  clock: Clock;
  /** The proxy's own seeded stream. */
  random: Random;
  /** Work outside of the world (WebCrypto, Wasm, Lua): awaited in order of submission, at no virtual time. */
  outside<T>(work: () => Promise<T>): Promise<T>;
  stats: Stats;
  /** Takes what a configuration asks for and is not interpreted here; compiling goes on without it. */
  report(problem: Problem): void;
  /** Value of a runtime key, else the default: numbers as in RuntimeFractionalPercent. */
  runtime(key: string, otherwise: number): number;
  /** An HTTP call of the proxy itself to one of its clusters (JWKS, ext_authz). Undefined: could not be reached. */
  call(cluster: string, request: HttpRequest, timeoutMs: number): Promise<HttpResponse | undefined>;
}

/**
 * One filter of one HTTP connection manager, compiled once and used by all its streams, so: no state of a stream in it.
 * `perRoute` is what compilePerRoute made of the most specific typedPerFilterConfig (weighted cluster, route, virtual
 * host, route configuration), undefined when there is none. A filter that is disabled for the route is not called.
 */
export interface HttpFilter {
  /** Name in the configuration, the key of typedPerFilterConfig. */
  name: string;
  decode?(stream: Stream, perRoute: unknown): FilterResult;
  /** Runs from the last filter to the first, on upstream's answers and on local replies; `stream.response` is set. */
  encode?(stream: Stream, perRoute: unknown): FilterResult;
  /** After the stream ended, however it did. */
  complete?(stream: Stream): void;
}

/** One kind of HTTP filter; the registry (filter/registry.ts) is a list of these. */
export interface HttpFilterFactory {
  /** Message name of the typed config, without "type.googleapis.com/"; for a TypedStruct, its `typeUrl`. */
  type: string;
  /** Throws a ProblemError when Envoy would refuse the configuration. `statPrefix` is the HCM's, e.g. `http.inbound_0.0.0.0_80;.`. */
  compile(config: JsonObject, setting: FilterSetting): HttpFilter;
  compilePerRoute?(config: JsonObject, setting: FilterSetting): unknown;
}

export interface FilterSetting {
  name: string;
  statPrefix: string;
  context: FilterContext;
  /** JSON pointer of the filter in XdsConfig, for traces. */
  pointer: string;
}

/** One route of one virtual host, compiled. `json` is protojson of envoy.config.route.v3.Route. */
export interface CompiledRoute {
  name: string;
  virtualHost: string;
  json: JsonObject;
  /** JSON pointer of the route in XdsConfig, or of the inline routeConfig. */
  pointer: string;
  /** Its action; `policy` (clusters, timeouts, retries, hash …) is what RouteCompiling.policy made of the route. */
  action: { kind: 'route'; policy: RoutePolicy } | RedirectAction | DirectResponseAction | { kind: 'nonForwarding' };
  /** Per filter name: what the most specific level says, weighted cluster excepted (see `perFilterOf`). */
  perFilter(filterName: string, weightedCluster: number): PerFilter | undefined;
  /** Rewrites path and host, then adds and removes headers of weighted cluster, route, virtual host, configuration, in Envoy's order. */
  finalizeRequest(stream: Stream): void;
  finalizeResponse(stream: Stream): void;
  includeRequestAttemptCount: boolean;
  includeAttemptCountInResponse: boolean;
}

export type PerFilter = { disabled: true } | { disabled: false; config: JsonObject };

/** `location` builds the Location value from the request as it stands. */
export interface RedirectAction {
  kind: 'redirect';
  status: number;
  location(request: HttpRequest): string;
}

export interface DirectResponseAction {
  kind: 'directResponse';
  status: number;
  body: string;
}

/** A compiled RouteConfiguration. */
export interface RouteTable {
  name: string;
  /** Finds virtual host and route. Without `stream.trace` nothing is collected; with it `rejected` tells every route tried before, and why not. */
  match(stream: Stream): RouteMatch;
}

/** What the compiler of route configurations (`compileRouteConfig(config, compiling): RouteTable`) is given. */
export interface RouteCompiling {
  context: FilterContext;
  /** JSON pointer of the RouteConfiguration in XdsConfig. */
  pointer: string;
  /** Compiles `route.route` with what it inherits from the virtual host (retryPolicy, hashPolicy …). */
  policy(route: JsonObject, virtualHost: JsonObject, config: JsonObject): RoutePolicy;
}

export interface RouteMatch {
  route: CompiledRoute | undefined;
  /** Name of the virtual host, '' when no domain matched. */
  virtualHost: string;
  /** Only when the stream has a trace. */
  rejected: readonly RejectedRoute[];
}

/**
 * One filter of a TCP filter chain, compiled once. `onData` runs once, with the first bytes from downstream, as
 * envoy.filters.network.rbac decides (by then tcp_proxy has opened the upstream connection). A verdict closes.
 */
export interface NetworkFilter {
  name: string;
  onNewConnection?(connection: DownstreamConnection): NetworkVerdict;
  onData?(connection: DownstreamConnection): NetworkVerdict;
}

export type NetworkVerdict = undefined | { close: true; details: string };

/** One kind of network filter; registered as HTTP filters are. `tcp_proxy` and the HTTP connection manager are not of this kind. */
export interface NetworkFilterFactory {
  type: string;
  compile(config: JsonObject, setting: FilterSetting): NetworkFilter;
}
