import type { HeaderList } from '../../world/header-list.ts';
import type { Random } from '../../world/random.ts';
import { forwardingHeaders } from '../headers/forwarding.ts';
import { joinInline } from '../headers/inline.ts';
import type { DownstreamConnection, HttpRequest, LocalReply } from '../types.ts';
import type { HcmConfig } from './config.ts';
import { removeHopByHop } from './hop-by-hop.ts';
import { normalizePath } from './path.ts';
import { forwardClientCert } from './xfcc.ts';

const refuse = (status: number, details: string): LocalReply => ({ kind: 'localReply', status, body: '', details });

/**
 * What the connection manager does to a request before its filters see it (source/common/http/conn_manager_impl.cc,
 * decodeHeaders; conn_manager_utility.cc, mutateRequestHeaders). Returns the answer when it refuses the request.
 */
export function prepareRequest(
  request: HttpRequest,
  connection: DownstreamConnection,
  { config, random }: { config: HcmConfig; random: Random },
): LocalReply | undefined {
  const { headers } = request;
  joinInline(headers, 'request');
  if (headers.size > config.maxHeadersCount + 4 || headers.byteSize() > config.maxHeadersBytes)
    return refuse(431, 'http1.headers_too_large');
  if (!headers.has(':authority')) return refuse(400, 'missing_host_header');
  const refusal = headers.get(':method') === 'CONNECT' ? undefined : preparePath(headers, config);
  if (refusal) return refusal;
  removeHopByHop(headers);
  if (config.stripPort) headers.set(':authority', (headers.get(':authority') ?? '').replace(/:\d+$/, ''));
  addresses(request, connection, config);
  forwardClientCert(headers, connection.tls, config);
  if (config.generateRequestId && !headers.has('x-request-id')) headers.add('x-request-id', uuid(random));
  // The operation name of the next proxy upstream is for that one only (ActiveStream::traceRequest).
  if (config.tracing && !config.isEgress) headers.remove('x-envoy-decorator-operation');
  return undefined;
}

function preparePath(headers: HeaderList, config: HcmConfig): LocalReply | undefined {
  const path = headers.get(':path') ?? '';
  if (path === '') return refuse(400, 'missing_path_rejected');
  if (path.charCodeAt(0) !== 47 && path !== '*') return refuse(404, 'absolute_path_rejected');
  const normal = normalizePath(path, config);
  if (normal === undefined) return refuse(400, 'path_normalization_failed');
  if (normal !== path) headers.set(':path', normal);
  return undefined;
}

/** x-forwarded-for, -proto, what outsiders may not send, and the scheme. */
function addresses({ headers }: HttpRequest, connection: DownstreamConnection, config: HcmConfig): void {
  const downstream = { ip: connection.source.ip, isTls: connection.tls !== undefined, localIp: connection.node.ip };
  forwardingHeaders(headers, downstream, config);
  if (!headers.has(':scheme')) headers.set(':scheme', headers.get('x-forwarded-proto') === 'https' ? 'https' : 'http');
}

const hex = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/** A version 4 UUID from the proxy's own randomness. */
function uuid(random: Random): string {
  const bytes = (): string => {
    const n = Math.floor(random.next() * 4_294_967_296);
    return `${hex[n >>> 24]}${hex[(n >>> 16) & 255]}${hex[(n >>> 8) & 255]}${hex[n & 255]}`;
  };
  const [a, b, c, d] = [bytes(), bytes(), bytes(), bytes()];
  const variant = '89ab'[Math.floor(random.next() * 4)];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`;
}
