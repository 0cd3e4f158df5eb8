import type { JsonObject } from '../../json.ts';
import type { ProxyStatus } from '../../kube/proxy-admin.ts';
import type { LocalConfig } from '../localise/place.ts';

/** Where certificates and keys come from. */
export interface SecretSource {
  /** The Secret resource (protojson) of this name for this proxy; undefined is unknown: the request is held until it is known. */
  get(nodeId: string, name: string): JsonObject | undefined;
  /** Calls back when any secret has changed (rotation, a new one); returns the way to unsubscribe. */
  onChange(changed: () => void): () => void;
}

/** What a proxy made of the newest version of each type it subscribes to. */
export interface Settlement {
  status: ProxyStatus;
  /** True when nothing was refused. */
  accepted: boolean;
}

/** The control plane's side of REST xDS with long poll; one per run, for all proxies. */
export interface XdsServer {
  /** Path of the Unix socket. */
  readonly socket: string;
  /** Gives a proxy its configuration; only types whose content differs are answered. Also before the proxy is there. */
  update(nodeId: string, config: LocalConfig): void;
  /** Forgets a proxy and ends its polls. */
  remove(nodeId: string): void;
  status(nodeId: string): ProxyStatus;
  /** Resolves when the proxy has accepted or refused the newest version of every type; rejects when the signal aborts. */
  settled(nodeId: string, signal?: AbortSignal): Promise<Settlement>;
  /** Every line of a proxy's log goes here: the reason of a refusal stands only there. */
  logLine(nodeId: string, message: string): void;
  close(): Promise<void>;
}
