import type { JsonObject } from '../json.ts';

/** State of one xDS type at one proxy, as `istioctl proxy-status` tells it. */
export type SyncState = 'SYNCED' | 'STALE' | 'REJECTED' | 'NOT SENT';

export interface ProxyStatus {
  listeners: SyncState;
  routes: SyncState;
  clusters: SyncState;
  endpoints: SyncState;
  /** Envoy's own words for each refused update. */
  rejections: string[];
}

/**
 * One proxy's admin interface. Implemented by the interpreter, by real Envoy's admin port and by istioctl in clusters;
 * `config` checks, proxy-config and the explorer speak only this.
 */
export interface ProxyAdmin {
  /** Envoy's /config_dump (protojson, `configs[]`), with endpoints when `eds` is set. */
  configDump(options?: { eds?: boolean }): Promise<JsonObject>;
  /** Envoy's /clusters?format=json. */
  clusters(): Promise<JsonObject>;
  /**
   * Counters and gauges by Envoy's own name, those that match `filter` (a regular expression). Istio's metrics are among
   * them when there is no filter or it names `istio_`: by name and labels, `istio_requests_total{reporter="source",…}`.
   */
  stats(filter?: string): Promise<Map<string, number>>;
  /** Envoy's /certs. */
  certificates(): Promise<JsonObject>;
  /** Sets a logger's level, e.g. `{ http: 'debug' }`; returns all levels. */
  logging(levels: { [logger: string]: string }): Promise<string>;
  status(): Promise<ProxyStatus>;
}
