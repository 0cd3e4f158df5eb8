import type { JsonObject } from '../../json.ts';
import type {
  Acceptor,
  ClientEnd,
  ConnectFailure,
  Dial,
  Opening,
  ServerEnd,
  ServerHello,
} from '../../world/connection.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';
import { type ConnectionManager, HttpConnection } from '../hcm/connection-manager.ts';
import { logDetail } from '../log/log-detail.ts';
import { flag, has, milliseconds, number, object, text } from '../runtime/proto.ts';
import { addFlag, NewStreamInfo } from '../runtime/stream-info.ts';
import { terminateConnect } from '../tcp/connect-terminate.ts';
import { type TcpProxyConfig, TcpSession, type TcpSetting } from '../tcp/tcp-proxy.ts';
import type { DownstreamTls } from '../tls/contexts.ts';
import type {
  Address,
  Counter,
  DownstreamConnection,
  LogSource,
  NetworkFilter,
  StreamInfo,
  TlsInfo,
  TraceDetail,
} from '../types.ts';
import { type ChainMatch, findChain } from './chain-match.ts';
import type { ChainMatcher } from './chain-matcher.ts';
import { type Inspectors, inspect, type Seen } from './inspectors.ts';
import { WaitingConnection } from './waiting.ts';

/** One filter chain, compiled: HTTP by a connection manager, or TCP by tcp_proxy. */
export interface CompiledChain {
  name: string;
  pointer: string;
  match: ChainMatch;
  tls: DownstreamTls | undefined;
  filters: readonly NetworkFilter[];
  end:
    | { kind: 'http'; manager: ConnectionManager }
    | { kind: 'tcp'; proxy: TcpProxyConfig; log: (source: LogSource) => void }
    | { kind: 'none' };
}

export interface ListenerParts {
  json: JsonObject;
  pointer: string;
  chains: readonly CompiledChain[];
  /** In place of the chains' own matches. */
  matcher: ChainMatcher | undefined;
  otherwise: CompiledChain | undefined;
  inspectors: Inspectors;
  /** Access logs of the listener: for connections without a filter chain. */
  log(source: LogSource): void;
  noChain: Counter;
  /** Connections that a chain was found for (docs: configuration/listeners/stats). */
  connections: Counter;
}

export interface ListenerSetting extends TcpSetting {
  clock: VirtualClock;
  nextConnectionId(): number;
}

/** One listener of one proxy. */
export class Listener implements Acceptor {
  readonly name: string;
  readonly json: JsonObject;
  readonly address: Address;
  readonly useOriginalDst: boolean;
  /** Reached from within the proxy only. */
  readonly isInternal: boolean;
  /** Replaced or removed: its connections end after their last answer. */
  draining = false;
  readonly #parts: ListenerParts;
  readonly #setting: ListenerSetting;
  readonly #direction: DownstreamConnection['direction'];

  constructor(parts: ListenerParts, setting: ListenerSetting) {
    const { json } = parts;
    const socket = object(json, 'address', 'socketAddress');
    this.json = json;
    this.name = text(json, 'name');
    this.address = { ip: text(socket, 'address'), port: number(socket, 'portValue') };
    this.useOriginalDst = flag(json, 'useOriginalDst');
    this.isInternal = has(json, 'internalListener');
    const direction = text(json, 'trafficDirection');
    this.#direction = direction === 'INBOUND' || direction === 'OUTBOUND' ? direction : 'UNSPECIFIED';
    this.#parts = parts;
    this.#setting = setting;
  }

  accept(dial: Dial): ServerEnd | ConnectFailure {
    const { inspectors, json } = this.#parts;
    const { port } = dial.destination;
    // An inspector waits for the first bytes, which a server-first protocol never sends.
    if (dial.opening.kind === 'silent' && (inspectors.tls(port) || inspectors.http(port)))
      return new WaitingConnection(dial, {
        clock: this.#setting.clock,
        timeoutMs: milliseconds(json, 'listenerFiltersTimeout', 15_000),
        continues: flag(json, 'continueOnListenerFiltersTimeout'),
        accept: (later) => this.#admit(later),
      });
    return this.#admit(dial);
  }

  #admit(dial: Dial): ServerEnd | ConnectFailure {
    const { chains, matcher, otherwise, inspectors, pointer } = this.#parts;
    const { source, destination, opening } = dial;
    this.#note(dial, { kind: 'accept', listener: this.name, pointer, source, destination, direction: this.#direction });
    const seen = inspect(opening, inspectors, destination.port);
    const shown = { ...seen, source, destination };
    const found = matcher ? byName(chains, matcher(shown)) : findChain(chains, shown);
    const chain = found.chain ?? otherwise;
    if (!chain) return this.#noChain(dial, seen, found.failedAt);
    this.#parts.connections.value++;
    this.#note(dial, {
      kind: 'filterChain',
      name: chain.name,
      pointer: chain.pointer,
      reason: found.chain ? '' : `no chain by ${found.failedAt}: the default`,
      transport: seen.transportProtocol,
      protocols: [...seen.applicationProtocols],
    });
    return this.#open(dial, chain, seen);
  }

  #open(dial: Dial, chain: CompiledChain, seen: Seen): ServerEnd | ConnectFailure {
    const { opening } = dial;
    if (!chain.tls) return this.#enter(dial, chain, { seen, opening, layers: [] });
    if (opening.kind !== 'tls') return closed(dial.client);
    const shake = chain.tls.shake(opening.hello);
    if ('failure' in shake || 'lateRefusal' in shake) {
      const reason = 'failure' in shake ? shake.reason : shake.lateRefusal;
      this.#note(dial, { kind: 'tls', side: 'server', ok: false, alpn: '', peer: '', local: '', reason });
      return 'failure' in shake ? shake : closed(dial.client, reason);
    }
    const { info, hello } = shake;
    this.#note(dial, {
      kind: 'tls',
      side: 'server',
      ok: true,
      alpn: info.alpn,
      peer: info.peer?.uriSans[0] ?? '',
      local: info.local?.uriSans[0] ?? '',
      reason: '',
    });
    return this.#enter(dial, chain, { seen, opening: opening.inner, layers: [hello], tls: info });
  }

  #enter(
    dial: Dial,
    chain: CompiledChain,
    at: { seen: Seen; opening: Opening; layers: ServerHello[]; tls?: TlsInfo },
  ): ServerEnd | ConnectFailure {
    const facts = this.#facts(dial, chain, at);
    const { end, filters } = chain;
    if (end.kind === 'none') return closed(dial.client);
    if (end.kind === 'http') {
      if (at.opening.kind === 'tls') return this.#notHttp(dial, facts, end.manager);
      if (at.opening.kind === 'connect') {
        const { opening, layers } = { opening: at.opening, layers: at.layers };
        return terminateConnect({ manager: end.manager, facts, opening, layers, dial }, this.#setting);
      }
      return new HttpConnection({
        manager: end.manager,
        facts,
        layers: at.layers,
        filters,
        client: dial.client,
        isDraining: () => this.draining,
      });
    }
    const info = new NewStreamInfo(this.#setting.clock.now(), undefined);
    const log = (i: StreamInfo) => end.log({ info: i, connection: facts });
    const session = new TcpSession(
      { config: end.proxy, filters, facts, info, opening: at.opening, layers: at.layers, dial, log },
      this.#setting,
    ).start();
    // TLS that was only to be passed on never came to its handshake.
    return session.closed && at.opening.kind === 'tls'
      ? { failure: 'reset', reason: info.upstreamTransportFailureReason }
      : session;
  }

  #facts(
    dial: Dial,
    chain: CompiledChain | undefined,
    at: { seen: Seen; opening: Opening; tls?: TlsInfo },
  ): DownstreamConnection {
    return {
      id: this.#setting.nextConnectionId(),
      node: this.#setting.node,
      source: dial.source,
      destination: dial.destination,
      listener: this.name,
      filterChain: chain?.name ?? '',
      direction: this.#direction,
      transportProtocol: at.seen.transportProtocol,
      protocol: protocolOf(at.opening, at.tls),
      serverName: at.tls?.sni || at.seen.serverName,
      ...(at.tls ? { tls: at.tls } : {}),
      dynamicMetadata: new Map(),
      filterState: new Map(dial.client.state),
      terminationDetails: '',
    };
  }

  /** The connection is accepted and closed; only the listener's own access log tells (measured: envoy-spike.md, 4). */
  #noChain(dial: Dial, seen: Seen, failedAt: string): ServerEnd | ConnectFailure {
    const { pointer, log, noChain } = this.#parts;
    noChain.value++;
    this.#note(dial, { kind: 'noFilterChain', listener: this.name, pointer, reason: `nothing matches by ${failedAt}` });
    const connection = this.#facts(dial, undefined, { seen, opening: dial.opening });
    const info = new NewStreamInfo(this.#setting.clock.now(), undefined);
    addFlag(info, 'NR');
    info.responseCodeDetails = 'filter_chain_not_found';
    info.end = info.start;
    this.#note(dial, logDetail(info));
    log({ info, connection });
    return dial.opening.kind === 'tls' ? { failure: 'reset', reason: resetByPeer } : closed(dial.client);
  }

  /** The codec answers a ClientHello with 400, which is no TLS for the client (measured: Envoy 1.40, test/explain). */
  #notHttp(dial: Dial, connection: DownstreamConnection, manager: ConnectionManager): ConnectFailure {
    const info = new NewStreamInfo(this.#setting.clock.now(), 'HTTP/1.1');
    addFlag(info, 'DPE');
    info.responseCode = 400;
    info.responseCodeDetails = 'http1.codec_error';
    info.end = info.start;
    this.#note(dial, { kind: 'response', status: 400, flags: info.flags, details: info.responseCodeDetails });
    this.#note(dial, logDetail(info));
    manager.log({ info, connection });
    return { failure: 'tls', reason: wrongVersion };
  }

  #note(dial: Dial, detail: TraceDetail): void {
    const { traceOf, clock, node } = this.#setting;
    if (traceOf) traceOf(dial)?.record({ at: clock.now(), node: node.id, ...detail });
  }
}

const byName = (chains: readonly CompiledChain[], name: string | undefined) => ({
  chain: chains.find((c) => c.name === name),
  failedAt: 'filter_chain_matcher',
});

/** AUTO codec: what ALPN says, else what the first bytes say (source/common/http/conn_manager_utility.cc, determineNextProtocol). */
function protocolOf(opening: Opening, tls: TlsInfo | undefined): StreamInfo['protocol'] {
  if (opening.kind === 'connect') return 'HTTP/2';
  if (opening.kind !== 'http') return undefined;
  return tls?.alpn ? (tls.alpn === 'h2' ? 'HTTP/2' : 'HTTP/1.1') : opening.version;
}

/** What is closed before its ClientHello is read (the inspector only peeks) is reset; BoringSSL tells the client's ECONNRESET so. */
const resetByPeer = 'TLS_error:|33554536:system library:OPENSSL_internal:Connection reset by peer:TLS_error_end';

/** What BoringSSL says of bytes that are no TLS record. */
const wrongVersion = 'TLS_error:|268435703:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end';

const nothing = { cancel: () => undefined };

/** A connection that was accepted and reset at once. */
function closed(client: ClientEnd, alert?: string): ServerEnd {
  client.onClose(true);
  return {
    alert,
    layers: [],
    draining: true,
    closed: true,
    request(_request, receiver) {
      receiver.onReset('connection termination');
      return nothing;
    },
    data: () => undefined,
    end: () => undefined,
    close: () => undefined,
  };
}
