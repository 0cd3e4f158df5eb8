import type { JsonObject } from '../json.ts';
import type { Address, Certificate } from '../world/connection.ts';

export type { Address, Certificate };

export interface TlsInfo {
  version: 'TLSv1.2' | 'TLSv1.3';
  /** Negotiated ALPN protocol; '' when none. */
  alpn: string;
  sni: string;
  local?: Certificate;
  /** The client's certificate, when it sent one that was accepted. */
  peer?: Certificate;
}

/** The proxy itself, as in Envoy's bootstrap `node`. */
export interface NodeInfo {
  id: string;
  /** Pod the proxy belongs to. */
  ip: string;
  metadata: JsonObject;
}

/** Response flags in Envoy's short form, in the order they were set (docs: access_log/usage, RESPONSE_FLAGS). */
export type ResponseFlag =
  | 'DC'
  | 'DI'
  | 'DPE'
  | 'DT'
  | 'FI'
  | 'IH'
  | 'LH'
  | 'LR'
  | 'NC'
  | 'NFCF'
  | 'NR'
  | 'OM'
  | 'RFCF'
  | 'RL'
  | 'RLSE'
  | 'SI'
  | 'UAEX'
  | 'UC'
  | 'UF'
  | 'UH'
  | 'UMSDR'
  | 'UO'
  | 'UPE'
  | 'UR'
  | 'URX'
  | 'UT'
  | 'DO'
  | 'DR'
  | 'UDO';

export interface RejectedRoute {
  name: string;
  pointer: string;
  /** In words for a reader: `header user is absent`, `path /a does not start with /b`. */
  reason: string;
}

/** Counters and gauges by Envoy's own name. Asked for once when compiling; `inc` is on the hot path. */
export interface Stats {
  counter(name: string): Counter;
  gauge(name: string): Gauge;
  histogram(name: string): Histogram;
}
export interface Counter {
  value: number;
}
export interface Gauge {
  value: number;
}
export interface Histogram {
  record(value: number): void;
}
