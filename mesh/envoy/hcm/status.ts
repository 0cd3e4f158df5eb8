import { HeaderList } from '../../world/header-list.ts';
import type { Body, HttpResponse } from '../../world/http-message.ts';
import type { LocalReply } from '../types.ts';

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

/** source/common/grpc/common.cc and status.cc, httpToGrpcStatus. */
const grpcOf: { [status: number]: number } = { 400: 13, 401: 16, 403: 7, 404: 12, 429: 14, 502: 14, 503: 14, 504: 14 };

/** Percent-encodes what is not printable ASCII (gRPC over HTTP/2, Status-Message). */
const grpcMessage = (text: string): string =>
  [...new TextEncoder().encode(text)]
    .map((b) =>
      b >= 0x20 && b <= 0x7e && b !== 0x25
        ? String.fromCharCode(b)
        : `%${b.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');

/** Envoy's own answer, for a gRPC request as headers with grpc-status (source/common/http/utility.cc, prepareLocalReply). */
export function localResponse(reply: LocalReply, request: { isGrpc: boolean; isHead: boolean }): HttpResponse {
  const headers = new HeaderList();
  if (request.isGrpc) {
    headers.add('content-type', 'application/grpc');
    headers.add('grpc-status', String(reply.grpcStatus ?? grpcOf[reply.status] ?? 2));
    if (reply.body) headers.add('grpc-message', grpcMessage(reply.body));
  } else if (reply.body) {
    headers.add('content-length', String(new TextEncoder().encode(reply.body).length));
    headers.add('content-type', 'text/plain');
  }
  for (const [name, value] of reply.headers ?? []) headers.set(name, value);
  const bodyless = request.isGrpc || request.isHead;
  return { status: request.isGrpc ? 200 : reply.status, headers, body: bodyless ? '' : reply.body };
}
