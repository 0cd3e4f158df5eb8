import type { Uplink } from '../../world/dial.ts';

/** One container of a pod whose image is a workload of ours. */
export interface AppSpec {
  /** Chosen by the caller, unique among those that run, e.g. `shop/customers-v1-abc/customers`. */
  id: string;
  pod: {
    name: string;
    namespace: string;
    ip: string;
    labels: { [key: string]: string };
    serviceAccount: string;
  };
  container: string;
  /** As in the manifest; see mesh/workloads/registry.ts. */
  image: string;
  args: string[];
  env: { [name: string]: string };
  /** Container port → path of the Unix socket to serve it on, in the pod's folder (0700). Ports that the image does not serve refuse, as in a pod. */
  sockets: { [port: number]: string };
  /**
   * The pod's folder: ports that the image serves without being declared are served there as well, because a declaration only
   * informs (Kubernetes API, Container, `ports`). Absent: they refuse; so it is where several containers could want one port.
   */
  folder?: string;
  /** How the app's own calls leave: the capture socket of the pod's proxy, or the world. */
  dial: Uplink & { sourceIp: string };
  /** Seeds the app's chance; absent: it differs from start to start. */
  seed?: number;
}

export interface AppLogOptions {
  /** Goes on until the container is stopped or the signal aborts. */
  follow?: boolean;
  tailLines?: number;
  signal?: AbortSignal;
}

/** Why the apps process ended without having been asked to. */
export interface AppsExit {
  code: number | null;
  signal: string | null;
  /** The last lines of its stderr, oldest first. */
  lastLines: string[];
}

/** Delays of the event loop since the last call, milliseconds. */
export interface Delay {
  p99Ms: number;
  maxMs: number;
}

/** The process that runs app containers. Every method rejects with a ProblemError once it has ended. */
export interface Apps {
  readonly pid: number;
  /** Resolves when every socket accepts connections. Rejects with a ProblemError: unknown image, id in use, socket not to be had. */
  start(spec: AppSpec): Promise<void>;
  /** No new connections; running requests get `graceMs` (default 0), then everything is cut. Unknown ids are ignored. */
  stop(id: string, graceMs?: number): Promise<void>;
  /** What the container has written, oldest first; kept up to 10 MiB, and for a while after its end. Unknown ids: ProblemError. */
  logs(id: string, options?: AppLogOptions): AsyncIterable<string>;
  loopDelay(): Promise<Delay>;
  /** Called once if the process ends by itself (crash, killed); at once when it already has. */
  onExit(listener: (exit: AppsExit) => void): void;
  /** Ends the process; resolves when it is gone. */
  close(): Promise<void>;
}

export interface AppsOptions {
  /** The run's DNS server. */
  dns: { address: string; port: number };
  /** Added to the environment of the process (what marks it as part of a run). */
  env?: { readonly [name: string]: string };
  /** A line of the process's stderr. */
  log(line: string): void;
}
