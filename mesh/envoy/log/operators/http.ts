import { httpToGrpc, isGrpc } from '../../hcm/grpc.ts';
import { queryParameter } from '../../match/query-matcher.ts';
import type { HeaderList } from '../../runtime/header-list.ts';
import type { LogSource } from '../../types.ts';
import { type Operators, plain, type Read } from '../operator.ts';
import { flagsText, longFlagsText } from '../response-flags.ts';

type Headers = (source: LogSource) => HeaderList | undefined;

/** `NAME` or `NAME?ALTERNATIVE`; the first value of a repeated header (docs: access_log/usage, REQ). */
const header =
  (headers: Headers) =>
  (argument: string): Read => {
    const [main = '', other = ''] = argument.split('?').map((name) => name.trim().toLowerCase());
    return (source) => {
      const list = headers(source);
      return list?.get(main) ?? (other === '' ? undefined : list?.get(other));
    };
  };

const response: Headers = ({ response }) => response?.headers;

/** `WQ` (default) with query, `NQ` without; `ORIG` and `PATH` choose the header (docs: access_log/usage, PATH). */
function path(argument: string): Read {
  const [query = 'WQ', which = 'ORIG_OR_PATH'] = argument === '' ? [] : argument.split(':');
  return ({ request }) => {
    const original = which === 'PATH' ? undefined : request?.headers.get('x-envoy-original-path');
    const value = original ?? (which === 'ORIG' ? undefined : request?.headers.get(':path'));
    return query === 'NQ' ? value?.split('?')[0] : value;
  };
}

/** Spaces become "_" so that a line stays easy to cut (docs: access_log/usage, RESPONSE_CODE_DETAILS). */
const codeDetails =
  (argument: string): Read =>
  ({ info }) => {
    const details = info.responseCodeDetails;
    if (details === '') return undefined;
    return argument === 'ALLOW_WHITESPACES' ? details : details.replace(/\s/g, '_');
  };

const grpcNames = [
  'OK Canceled Unknown InvalidArgument DeadlineExceeded NotFound AlreadyExists PermissionDenied ResourceExhausted',
  'FailedPrecondition Aborted OutOfRange Unimplemented Internal Unavailable DataLoss Unauthenticated',
]
  .join(' ')
  .split(' ');

/** Only of gRPC requests; without grpc-status what the HTTP status stands for (source/common/formatter, GrpcStatusFormatter). */
const grpcNumber = ({ request, response: found, info }: LogSource): number | undefined => {
  if (!request || !isGrpc(request.headers)) return undefined;
  const value = found?.trailers?.get('grpc-status') ?? found?.headers.get('grpc-status');
  if (value !== undefined) return /^\d+$/.test(value) ? Number(value) : undefined;
  return info.responseCode === 0 ? undefined : (httpToGrpc[info.responseCode] ?? 2);
};

function grpcStatus(argument: string): Read {
  return (source) => {
    const code = grpcNumber(source);
    if (code === undefined || argument === 'NUMBER') return code;
    const name = grpcNames[code] ?? `${code}`;
    return argument === 'SNAKE_STRING' ? name.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase() : name;
  };
}

/** What an HTTP stream carries (docs: configuration/observability/access_log/usage#command-operators). */
export const httpOperators: Operators = {
  REQ: header(({ request }) => request?.headers),
  RESP: header(response),
  TRAILER: header(({ response: found }) => found?.trailers),
  PATH: path,
  PROTOCOL: plain(({ info }) => info.protocol),
  RESPONSE_CODE: plain(({ info }) => info.responseCode),
  RESPONSE_CODE_DETAILS: codeDetails,
  // Without flags, "-" in JSON too (source/common/stream_info/utility.cc, ResponseFlagUtils::NONE).
  RESPONSE_FLAGS: plain(({ info }) => flagsText(info.flags) ?? '-'),
  RESPONSE_FLAGS_LONG: plain(({ info }) => longFlagsText(info.flags) ?? '-'),
  GRPC_STATUS: grpcStatus,
  GRPC_STATUS_NUMBER: plain(grpcNumber),
  ROUTE_NAME: plain(({ info }) => info.routeName || undefined),
  VIRTUAL_CLUSTER_NAME: plain(() => undefined),
  QUERY_PARAM:
    (name) =>
    ({ request }) =>
      queryParameter(request?.headers.get(':path') ?? '', name),
  ACCESS_LOG_TYPE: plain(({ request }) => (request ? 'DownstreamEnd' : 'TcpConnectionEnd')),
  BYTES_RECEIVED: plain(({ info }) => info.bytesReceived),
  BYTES_SENT: plain(({ info }) => info.bytesSent),
};
