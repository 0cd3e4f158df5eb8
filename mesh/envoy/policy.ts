import type { HeaderList } from './runtime/header-list.ts';

/** The compiled RouteAction (envoy.config.route.v3.RouteAction), header operations and rewrites excepted. Times in milliseconds, 0 for none. */
export interface RoutePolicy {
  clusters: ClusterChoice;
  /** 503 or 404 when the cluster is not known (clusterNotFoundResponseCode). */
  clusterNotFoundStatus: number;
  /** From the end of the request to the end of the response, retries included. Envoy's default is 15 s. */
  timeoutMs: number;
  /** -1: the route says nothing, the connection manager's counts. */
  idleTimeoutMs: number;
  /** The route has maxStreamDuration; then the router knows no timeout, and the connection manager tells gRPC how long it may take. */
  usesNewTimeouts: boolean;
  /** Undefined: the connection manager's counts. */
  maxStreamDurationMs?: number | undefined;
  /** grpc-timeout counts instead of maxStreamDurationMs, up to this (0: any), less the offset. */
  grpcHeaderMaxMs?: number | undefined;
  grpcHeaderOffsetMs?: number | undefined;
  /** Of a gRPC request `grpc-timeout` counts instead of timeoutMs, up to this (0: any), less the offset; undefined: it does not count. */
  maxGrpcTimeoutMs?: number | undefined;
  grpcTimeoutOffsetMs: number;
  retry: RetryPolicy | undefined;
  hedgeOnPerTryTimeout: boolean;
  internalRedirect: InternalRedirectPolicy | undefined;
  hash: readonly HashPolicy[];
  mirrors: readonly MirrorPolicy[];
  /** `envoy.lb` metadata that hosts must have (metadataMatch). */
  metadataMatch: ReadonlyMap<string, string> | undefined;
  /** Upgrades that the route allows or forbids, by type in lower case. */
  upgrades: ReadonlyMap<string, boolean> | undefined;
  autoHostRewrite: boolean;
  priority: 'DEFAULT' | 'HIGH';
}

export type ClusterChoice =
  | { kind: 'cluster'; name: string }
  | { kind: 'header'; header: string }
  | { kind: 'weighted'; names: readonly string[]; weights: readonly number[]; total: number };

export interface RetryPolicy {
  /** Names of `retry_on`, e.g. `5xx`, `connect-failure`. */
  on: ReadonlySet<string>;
  retries: number;
  perTryTimeoutMs: number;
  perTryIdleTimeoutMs: number;
  /** Of `retriable-status-codes`. */
  statusCodes: ReadonlySet<number>;
  /** Any of them, of `retriable-headers`. */
  retriableHeaders: readonly ((headers: HeaderList) => boolean)[];
  /** Only requests with one of them are retried; empty: all. */
  requestHeaders: readonly ((headers: HeaderList) => boolean)[];
  /** Hosts already tried are avoided (previous_hosts). */
  avoidPreviousHosts: boolean;
  hostSelectionAttempts: number;
  baseIntervalMs: number;
  maxIntervalMs: number;
}

/** Redirects that the proxy follows itself. */
export interface InternalRedirectPolicy {
  /** How many for one request. */
  most: number;
  codes: ReadonlySet<number>;
  /** From https to http and back. */
  crossScheme: boolean;
  /** Of the answer, into the request. */
  headersToCopy: readonly string[];
}

export type HashPolicy = { terminal: boolean } & (
  | { kind: 'header'; name: string }
  | { kind: 'cookie'; name: string; path: string; ttlMs: number | undefined; attributes: readonly string[] }
  | { kind: 'sourceIp' }
  | { kind: 'queryParameter'; name: string }
);

export interface MirrorPolicy {
  /** '' when `clusterHeader` names it. */
  cluster: string;
  /** Header of the request with the cluster's name; no header, no copy. */
  clusterHeader: string;
  /** Out of 1 000 000. */
  numerator: number;
  runtimeKey: string;
  disableShadowHostSuffix: boolean;
}
