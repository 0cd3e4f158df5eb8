import type { Body, HttpRequest, HttpResponse } from './http-message.ts';

export interface Address {
  ip: string;
  port: number;
}

/** What a certificate says; stands for the certificate itself. */
export interface Certificate {
  /** Names the CA that signed it; a validation context trusts roots by this name. */
  issuer: string;
  /** RFC 2253 form, empty for Istio's workload certificates. */
  subject: string;
  uriSans: string[];
  dnsSans: string[];
  /** Hex SHA-256 of the certificate, as x-forwarded-client-cert's Hash shows it. */
  fingerprint: string;
  serial: string;
  /** Milliseconds since the epoch. */
  notBefore: number;
  notAfter: number;
}

/** The client's part of a TLS handshake. */
export interface ClientHello {
  sni: string;
  alpn: readonly string[];
  /** Sent when the server asks for it. */
  certificate?: Certificate | undefined;
  /** Why the client refuses the server's certificate; '' when it does not. */
  refuses(server: Certificate | undefined): string;
}

/**
 * What travels on a connection, outermost layer first: what an inspector can see, and who decrypts what. `silent` waits
 * for the server to speak first.
 */
export type Opening =
  | { kind: 'tls'; hello: ClientHello; inner: Opening }
  | { kind: 'http'; version: 'HTTP/1.0' | 'HTTP/1.1' | 'HTTP/2' }
  /** An HTTP/2 CONNECT request and what it carries, once it is answered with 200 (HBONE). */
  | { kind: 'connect'; authority: string; inner: Opening }
  | { kind: 'bytes' }
  | { kind: 'silent' };

/** The server's part of one TLS layer, as far as the client learns it. */
export interface ServerHello {
  version: 'TLSv1.2' | 'TLSv1.3';
  /** '' when none was agreed. */
  alpn: string;
  certificate: Certificate | undefined;
  /** What the client has shown, when the server asked. */
  client?: Certificate | undefined;
}

/** Why a connection did not come about. `reason`: for Envoy's transport failure reason, '' when there is none to tell. */
export interface ConnectFailure {
  failure: 'refused' | 'reset' | 'tls' | 'timeout';
  reason: string;
}

/** Why a message was cut off, in the words of Envoy's resetReasonToString (source/common/http/utility.cc). */
export type ResetReason =
  | 'connection termination'
  | 'remote reset'
  | 'remote refused stream reset'
  | 'local reset'
  | 'protocol error';

/** Hears the answer to one request. `end`: nothing follows. May be called before `request` has returned. */
export interface Receiver {
  onResponse(response: HttpResponse, end: boolean): void;
  onData(data: Body, end: boolean): void;
  onReset(reason: ResetReason): void;
}

/** The sender's hold on a request under way. */
export interface Exchange {
  /** The sender is no longer interested (reset stream; on HTTP/1.1 the connection closes). */
  cancel(): void;
}

/** The client's end of a connection hears from the server here. */
export interface ClientEnd {
  /** Of the dial; see Dial. */
  tag?: unknown;
  /** Filter state that it shares with an internal listener of the same proxy; never on the wire. */
  state?: ReadonlyMap<string, string> | undefined;
  onData(data: Body): void;
  /** The server sends no more. */
  onEnd(): void;
  /** The connection is gone: `reset` by RST, else orderly. */
  onClose(reset: boolean): void;
}

/**
 * The server's end of an accepted connection, as the client uses it. A connection carries either HTTP messages (as
 * objects: `request`) or bytes (`data`); proxies on layer 4 pass on both without looking.
 */
export interface ServerEnd {
  /** One per TLS layer of the opening, outermost first; a layer that nobody ended is absent. */
  readonly layers: readonly ServerHello[];
  /** Wants no further requests on this connection (listener replaced, pod stopping). */
  readonly draining: boolean;
  readonly closed: boolean;
  /** The fatal TLS alert that came when the client had finished its handshake (TLS 1.3): its library tells it at the next read. */
  readonly alert?: string | undefined;
  request(request: HttpRequest, receiver: Receiver): Exchange;
  data(data: Body): void;
  /** The client sends no more. */
  end(): void;
  /** The client has gone. */
  close(reset: boolean): void;
}

export type { Body } from './http-message.ts';

export interface Dial {
  source: Address;
  destination: Address;
  opening: Opening;
  client: ClientEnd;
  /** Travels with the connection for traces; never on the wire. */
  tag?: unknown;
}

/** Something that listens. */
export interface Acceptor {
  accept(dial: Dial): ServerEnd | ConnectFailure;
}

export const isFailure = (accepted: ServerEnd | ConnectFailure): accepted is ConnectFailure => 'failure' in accepted;

/** A client that does not listen (a connection used for HTTP only learns of resets by its exchanges). */
export const deafClient: ClientEnd = { onData: () => undefined, onEnd: () => undefined, onClose: () => undefined };
