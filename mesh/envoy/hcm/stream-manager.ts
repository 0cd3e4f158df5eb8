import type { Exchange, Receiver } from '../../world/connection.ts';
import type { HttpRequest } from '../../world/http-message.ts';
import type { DownstreamConnection, LocalReply, RouteTable, Stats, Stream, StreamInfo, TraceSink } from '../types.ts';
import type { HcmConfig } from './config.ts';
import type { FilterChain } from './filter-chain.ts';
import type { ManagerStats } from './manager-stats.ts';
import type { DateProvider } from './response-headers.ts';
import type { RoutedStream, RouterSetting } from './router-host.ts';

export interface ManagerSetting extends RouterSetting {
  stats: Stats;
  /** Only in a replay: who wants to hear of this request. */
  traceOf?: ((request: HttpRequest) => TraceSink | undefined) | undefined;
}

/** Where a CONNECT request ends. */
export interface Tunnel {
  receiver: Receiver;
  open(cluster: string, stream: RoutedStream, ended: (info: StreamInfo) => void): void;
}

/** The connection manager, as its streams see it. */
export interface StreamManager {
  readonly config: HcmConfig;
  readonly chain: FilterChain;
  readonly setting: ManagerSetting;
  readonly pointer: string;
  readonly date: DateProvider;
  readonly stats: ManagerStats;
  /** The route table as it stands: RDS may replace it at any time. */
  readonly routes: () => RouteTable | undefined;
  /** Prepares the request for filters and routes; returns the answer when it must be refused. */
  prepare(request: HttpRequest, connection: DownstreamConnection): LocalReply | undefined;
  /** The request of an ended stream starts over. */
  restart(stream: Stream, receiver: Receiver): Exchange;
  /** The stream has ended. */
  finished(stream: Stream): void;
}
