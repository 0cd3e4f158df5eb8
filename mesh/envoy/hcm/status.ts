import { HeaderList } from '../../world/header-list.ts';
import type { Body, HttpResponse } from '../../world/http-message.ts';
import type { LocalReply } from '../types.ts';
import { httpToGrpc } from './grpc.ts';

export const emptyBody: Body = '';

const toBytes = (body: Body): Uint8Array => (typeof body === 'string' ? new TextEncoder().encode(body) : body);

export function joinBodies(a: Body, b: Body): Body {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  const [left, right] = [toBytes(a), toBytes(b)];
  const joined = new Uint8Array(left.length + right.length);
  joined.set(left);
  joined.set(right, left.length);
  return joined;
}

/** Percent-encodes what is not printable ASCII (gRPC over HTTP/2, Status-Message). */
const grpcMessage = (text: string): string =>
  [...new TextEncoder().encode(text)]
    .map((b) =>
      b >= 0x20 && b <= 0x7e && b !== 0x25
        ? String.fromCharCode(b)
        : `%${b.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');

/**
 * Envoy's own answer, for a gRPC request as headers with grpc-status (source/common/http/utility.cc, prepareLocalReply): who
 * answers may change the headers before those of the body are set. Then a body keeps their content-type, no body loses it.
 */
export function localResponse(
  reply: LocalReply,
  request: { isGrpc: boolean; isHead: boolean },
  change?: (response: HttpResponse) => void,
): HttpResponse {
  const { body } = reply;
  const headers = new HeaderList();
  const own = () => {
    for (const [name, value] of reply.headers ?? []) headers.set(name, value);
  };
  const status = request.isGrpc ? 200 : reply.status;
  const response = { status, headers, body: request.isGrpc || request.isHead ? '' : body };
  // A route's own answer has its location before the route's operations, all others have their headers after them.
  if (reply.isRoutes) own();
  change?.(response);
  if (!reply.isRoutes) own();
  headers.remove('content-length');
  if (request.isGrpc) {
    headers.set('content-type', 'application/grpc');
    headers.set('grpc-status', String(reply.grpcStatus ?? httpToGrpc[reply.status] ?? 2));
    if (body && !request.isHead) headers.set('grpc-message', grpcMessage(body));
  } else if (body) {
    headers.add('content-length', String(new TextEncoder().encode(body).length));
    if (!headers.has('content-type')) headers.add('content-type', 'text/plain');
  } else headers.remove('content-type');
  return response;
}
