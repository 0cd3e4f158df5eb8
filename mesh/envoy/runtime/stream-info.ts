import type { JsonObject } from '../../json.ts';
import type { Address, ResponseFlag, StreamInfo, TlsInfo } from '../types.ts';

const noFlags: readonly ResponseFlag[] = [];

/** A new stream's info; a class so that all have one shape. */
export class NewStreamInfo implements StreamInfo {
  start: number;
  end: number | undefined = undefined;
  firstUpstreamTxByte: number | undefined = undefined;
  firstUpstreamRxByte: number | undefined = undefined;
  lastUpstreamRxByte: number | undefined = undefined;
  protocol: StreamInfo['protocol'];
  responseCode = 0;
  responseCodeDetails = '';
  flags: readonly ResponseFlag[] = noFlags;
  routeName = '';
  virtualHost = '';
  upstreamCluster: string | undefined = undefined;
  upstreamAlias: string | undefined = undefined;
  upstreamHost: Address | undefined = undefined;
  upstreamLocal: Address | undefined = undefined;
  downstreamRemote?: Address;
  upstreamTransportFailureReason = '';
  upstreamTls: TlsInfo | undefined = undefined;
  upstreamMetadata: JsonObject | undefined = undefined;
  attemptCount = 0;
  bytesReceived = 0;
  bytesSent = 0;
  dynamicMetadata: Map<string, JsonObject> | undefined = undefined;
  filterState: Map<string, string> | undefined = undefined;

  constructor(start: number, protocol: StreamInfo['protocol']) {
    this.start = start;
    this.protocol = protocol;
  }
}

/** Adds a flag, once. */
export function addFlag(info: StreamInfo, flag: ResponseFlag): void {
  if (!info.flags.includes(flag)) info.flags = [...info.flags, flag];
}
