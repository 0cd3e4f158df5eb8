import type { ByteStream } from '../kube/runtime.ts';

/**
 * Header names are lower case; repeated headers are joined by ", " as HTTP allows. Only set-cookie cannot be joined
 * (RFC 9110, 5.3): its values stand on lines of their own.
 */
export type HeaderMap = { [name: string]: string };

export interface HttpRequest {
  method: string;
  /** Path with query, as received. */
  path: string;
  headers: HeaderMap;
  body: Uint8Array;
  /** Address of the connection's other end, where the host knows one (not on a Unix socket). */
  remoteAddress?: string;
}

export interface HttpResponse {
  status: number;
  headers?: HeaderMap;
  body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/** Where a workload runs; the same for a real server (`local`), a virtual one (`sim`) and a pod in kind. */
export interface WorkloadContext {
  env: { [name: string]: string };
  args: string[];
  image: { name: string; tag: string };
  pod: {
    name: string;
    namespace: string;
    ip: string;
    labels: { [key: string]: string };
    serviceAccount: string;
  };
  /** An HTTP call as the app makes it: DNS of the mesh, captured by the pod's proxy. Rejects with an ErrnoError (`code`: ECONNRESET …). */
  fetch(url: string, options?: FetchOptions): Promise<HttpResponse & { headers: HeaderMap; body: Uint8Array }>;
  /** A TCP connection as the app makes it. */
  connect(host: string, port: number): Promise<ByteStream>;
  sleep(milliseconds: number): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
  /** Wall clock of the world, milliseconds since the epoch. */
  now(): number;
  /** One line of the container's log. */
  log(line: string): void;
}

export interface FetchOptions {
  method?: string;
  headers?: HeaderMap;
  body?: string | Uint8Array;
  timeoutMs?: number;
}

export type HttpHandler = (request: HttpRequest, ctx: WorkloadContext) => Promise<HttpResponse> | HttpResponse;
export type TcpHandler = (connection: ByteStream, ctx: WorkloadContext) => Promise<void>;

export type PortServer = { protocol: 'http'; handle: HttpHandler } | { protocol: 'tcp'; serve: TcpHandler };

/**
 * One sample application. `ports` is called once per container start, so that per-instance state
 * (counters, memory) lives in its closure and every replica has its own.
 */
export interface Workload {
  name: string;
  /** Image names without registry and tag that this module stands for, e.g. `tetratelabs/customers`. */
  images: string[];
  /** The tags that exist; when absent, every tag does. Another tag is an image that cannot be pulled. */
  tags?: string[];
  ports(ctx: WorkloadContext): { [port: number]: PortServer };
}
