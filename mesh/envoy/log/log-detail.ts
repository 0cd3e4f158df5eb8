import type { StreamInfo, TraceDetail } from '../types.ts';
import { flagsText } from './response-flags.ts';

/** What an access log says at the end of a stream or connection, with Envoy's `-` for nothing. */
export const logDetail = (info: StreamInfo): TraceDetail => ({
  kind: 'log',
  status: info.responseCode,
  flags: flagsText(info.flags) ?? '-',
  details: info.responseCodeDetails.replace(/\s/g, '_') || '-',
  cluster: info.upstreamCluster || '-',
  route: info.routeName || '-',
});
