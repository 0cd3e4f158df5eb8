import type { KubeObject } from './objects.ts';

export interface PodRef {
  namespace: string;
  name: string;
}

export interface LogOptions {
  container?: string;
  follow?: boolean;
  tailLines?: number;
  signal?: AbortSignal;
}

export interface ExecResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A byte stream in both directions; web streams, because the page has no node: streams. */
export interface ByteStream {
  readable: ReadableStream<Uint8Array>;
  writable: WritableStream<Uint8Array>;
}

/** What the runtime says of one container; the pod controller turns it into status.containerStatuses and conditions. */
export interface ContainerReport {
  container: string;
  state: 'waiting' | 'running' | 'terminated';
  ready: boolean;
  restarts: number;
  /** ContainerCreating, ImagePullBackOff, CrashLoopBackOff, Completed, Error … */
  reason?: string;
  message?: string;
  exitCode?: number;
}

/**
 * Runs the containers of pods: virtual ones in `sim`, processes and sockets in `local`.
 * The kubelet controller of mesh/kube calls it and is the only writer of pod status.
 */
export interface PodRuntime {
  /** Starts all containers; calls `report` at every change from then on, also after it has resolved. */
  start(pod: KubeObject, report: (container: ContainerReport) => void): Promise<void>;
  /** Drains and stops; resolves when nothing of the pod is left. Unknown pods are ignored. */
  stop(pod: PodRef, graceSeconds: number): Promise<void>;
  logs(pod: PodRef, options: LogOptions): AsyncIterable<string>;
  exec(pod: PodRef, command: string[], options: { container?: string; stdin?: string }): Promise<ExecResult>;
  /** A connection to a port of the pod as seen inside it (not through the proxy's inbound capture). */
  dial(pod: PodRef, port: number): Promise<ByteStream>;
}
