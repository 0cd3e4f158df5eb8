import type { JsonObject } from '../../json.ts';
import type { ProxyAdmin } from '../../kube/proxy-admin.ts';

/** One line of Envoy's output. */
export type EnvoyLog =
  | { kind: 'log'; time: string; level: string; logger: string; message: string }
  /** An access log line, or anything else that is not Envoy's own log. */
  | { kind: 'output'; line: string };

export interface EnvoyExit {
  code: number | null;
  signal: string | null;
  /** The last lines before the end, oldest first. */
  lastLines: string[];
}

export interface EnvoyOptions {
  binary: string;
  /** The folder of the pod (absolute, 0700); bootstrap.json is written here. */
  folder: string;
  /** The whole environment of the process; nothing is inherited. */
  env?: { readonly [name: string]: string };
  /** See bootstrap(). */
  bootstrap: JsonObject;
  onLog(line: EnvoyLog): void;
  /** Called with the process id before anything else, so that a crashed run's processes can be found and ended. */
  record(pid: number): void;
}

export interface EnvoyProcess {
  readonly pid: number;
  readonly admin: EnvoyAdmin;
  /**
   * Resolves when /ready is 200 and the first clusters and listeners have been answered by the control plane (an Envoy
   * without any configuration calls itself ready as well). Rejects with a ProblemError when the process ends, or when
   * the signal aborts.
   */
  ready(signal?: AbortSignal): Promise<void>;
  /** Answers running requests, asks clients to go elsewhere; resolves when none runs any more or `graceMs` have passed. */
  drain(graceMs: number): Promise<void>;
  /** SIGTERM, after `graceMs` SIGKILL; resolves with the end of the process. */
  stop(graceMs: number): Promise<EnvoyExit>;
  /** Resolves when the process has ended, whoever ended it. */
  readonly exited: Promise<EnvoyExit>;
}

/** Envoy's admin interface over its Unix socket. */
export interface EnvoyAdmin extends Omit<ProxyAdmin, 'status'> {
  /** Listener name → port on 127.0.0.1, for listeners bound to TCP. */
  boundPorts(): Promise<Map<string, number>>;
  /** Any path of the admin, as text; rejects with a ProblemError unless the answer is 200. */
  text(method: 'GET' | 'POST', path: string): Promise<string>;
}
