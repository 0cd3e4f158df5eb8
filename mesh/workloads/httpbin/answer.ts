import type { Json, JsonObject } from '../../json.ts';
import type { RoutedRequest } from '../routes.ts';
import type { HeaderMap, HttpResponse } from '../workload.ts';

// Shapes as in go-httpbin v2.15.0 (httpbin/responses.go, httpbin/helpers.go).

/** Go's encoder: two blanks of indent, a line end at the end. */
export const json = (value: Json, status = 200, headers: HeaderMap = {}): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: `${JSON.stringify(value, undefined, 2)}\n`,
});

export const plain = (status: number, body: string | Uint8Array = '', headers: HeaderMap = {}): HttpResponse => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  body,
});

const statusTexts: { [status: number]: string } = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
};

export const failure = (status: number, detail?: string): HttpResponse =>
  json({ status_code: status, error: statusTexts[status] ?? '', detail }, status);

/** What an answer says of its request: args, headers, method, origin, url. */
export function describe(request: RoutedRequest): JsonObject {
  return {
    args: lists(request.query),
    headers: canonicalHeaders(request.headers),
    method: request.method,
    origin: origin(request),
    url: url(request),
  };
}

/** Go prints maps sorted by key, and every value as a list. */
export function lists(params: URLSearchParams): JsonObject {
  const names = [...new Set(params.keys())].sort();
  return Object.fromEntries(names.map((name) => [name, params.getAll(name)]));
}

export function canonicalHeaders(headers: HeaderMap): JsonObject {
  const canonical = (name: string) => name.replace(/(^|-)[a-z]/g, (c) => c.toUpperCase());
  const entries = Object.entries(headers).filter(([name]) => !name.startsWith(':'));
  return Object.fromEntries(entries.map(([name, value]) => [canonical(name), [value]]).sort());
}

/** Behind a sidecar every connection comes from 127.0.0.6: istiod binds its inbound clusters to it (pilot/pkg/networking/util, InboundPassthroughBindIpv4). */
export const origin = (request: RoutedRequest): string =>
  request.headers['x-forwarded-for']?.split(',')[0]?.trim() || request.remoteAddress || '127.0.0.6';

const url = ({ headers, path }: RoutedRequest): string =>
  `${headers['x-forwarded-proto'] ?? 'http'}://${headers.host ?? headers[':authority'] ?? ''}${path}`;
