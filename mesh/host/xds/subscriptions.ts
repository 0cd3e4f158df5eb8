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
  /** How many refusals of the type Envoy had logged when `sent` was sent. */
  refusalsBefore?: number;
  /** The version that Envoy refused; not sent again. */
  refused?: string;
  /** The request that waits for a change. */
  held?: ServerHttp2Stream;
}

export interface NodeState {
  prepared?: Prepared;
  subscriptions: Subscriptions;
  /** Envoy's own words for the last refusal of each type, and how many there were. */
  refusals: Map<XdsType, { count: number; reason: string }>;
}

export interface Poll {
  type: XdsType;
  name: string;
  version: string;
  session: Http2Session | undefined;
}

/**
 * The subscriptions of one proxy. A resource can have two for a while: Envoy subscribes anew for a cluster that it
 * replaces, and drops the old one when the new cluster is warm.
 */
export class Subscriptions {
  #all: Subscription[] = [];

  values(): readonly Subscription[] {
    return this.#all;
  }

  of(type: XdsType, name: string): Subscription[] {
    return this.#all.filter((s) => s.type === type && s.name === name);
  }

  /**
   * The subscription that a request belongs to. After an answer, the version sent means accepted and the one used before
   * means refused (spike, 4.3); anything else is a new subscription. A new one carries no version, and so does one whose
   * first answer was refused: only Envoy's log tells them apart (`refusals`).
   */
  take(poll: Poll, refusals: number): Subscription {
    const waiting = this.of(poll.type, poll.name).filter((s) => !s.held && s.session === poll.session);
    const accepted = waiting.find((s) => s.sent !== undefined && s.sent === poll.version);
    if (accepted) return acknowledge(accepted, poll.version);
    const refused = waiting.find((s) => s.sent !== undefined && s.used === poll.version && isRefusal(s, refusals));
    if (refused) return acknowledge(refused, poll.version, refused.sent);
    const old = this.of(poll.type, poll.name).filter((s) => !s.held || s.session !== poll.session);
    const fresh: Subscription = { type: poll.type, name: poll.name, session: poll.session, used: poll.version };
    this.#all = [...this.#all.filter((s) => !old.includes(s)), fresh];
    return fresh;
  }

  remove(subscription: Subscription): void {
    this.#all = this.#all.filter((s) => s !== subscription);
  }
}

const isRefusal = (s: Subscription, refusals: number): boolean => s.used !== '' || refusals > (s.refusalsBefore ?? 0);

function acknowledge(subscription: Subscription, used: string, refused?: string): Subscription {
  subscription.used = used;
  subscription.sent = undefined;
  subscription.refused = refused;
  return subscription;
}

/** Whether every subscription to a resource has been decided on with this version; false while there is none. */
export const allDecided = (subscriptions: readonly Subscription[], version: string | undefined): boolean =>
  subscriptions.length > 0 && subscriptions.every((s) => decided(s, version));

/** Whether the proxy has decided on this version. */
export const decided = (subscription: Subscription, version: string | undefined): boolean =>
  version !== undefined && (subscription.used === version || subscription.refused === version);
