import type { Http2Session, ServerHttp2Stream } from 'node:http2';
import type { Prepared, XdsType } from './resources.ts';

/** One long poll of one proxy: a type, and for the types asked by name the name. */
export interface Subscription {
  type: XdsType;
  name: string;
  /** The connection it came by; with another one nothing is outstanding any more. */
  session: Http2Session | undefined;
  /** The version in the last request: what Envoy uses now; "" is none. */
  used: string;
  /** The version last sent and not yet followed by a request. */
  sent?: string;
  /** The version that Envoy refused; not sent again. */
  refused?: string;
  /** The request that waits for a change. */
  held?: ServerHttp2Stream;
}

export interface NodeState {
  prepared?: Prepared;
  subscriptions: Map<string, Subscription>;
  /** Envoy's own words for the last refusal of each type. */
  reasons: Map<XdsType, string>;
}

export const keyOf = (type: XdsType, name: string): string => `${type} ${name}`;

/**
 * Reads a request as the answer to the last response: the version sent is accepted, any other version is a refusal
 * (spike, 4.3). A first request after a new start of Envoy carries no version, but nothing is outstanding then.
 */
export function acknowledge(subscription: Subscription, version: string): void {
  if (subscription.sent !== undefined && version !== subscription.sent) subscription.refused = subscription.sent;
  else subscription.refused = undefined;
  subscription.used = version;
  subscription.sent = undefined;
}

/** Whether the proxy has decided on this version. */
export const decided = (subscription: Subscription | undefined, version: string | undefined): boolean =>
  subscription !== undefined &&
  version !== undefined &&
  (subscription.used === version || subscription.refused === version);
