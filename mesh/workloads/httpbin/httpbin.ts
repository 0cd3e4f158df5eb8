import { html, type RoutedRequest, type Routes, routes } from '../routes.ts';
import type { HttpHandler, HttpResponse, Workload, WorkloadContext } from '../workload.ts';
import { canonicalHeaders, describe, failure, json, origin, plain } from './answer.ts';
import { basicAuth, cookies, responseHeaders, setCookies } from './client.ts';
import { get, withBody } from './echo.ts';
import { gzip } from './gzip.ts';
import { redirect, redirectTo } from './redirect.ts';
import { status } from './status.ts';
import { bytes, delay, drip, stream } from './stream.ts';

/** The part of go-httpbin v2.15.0 that labs use; paths, parameters and shapes are its own, texts and data are ours. */
export const httpbin: Workload = {
  name: 'httpbin',
  images: ['mccutchen/go-httpbin'],
  ports(ctx) {
    const port = Number(ctx.env.PORT ?? 8080);
    return { [port]: { protocol: 'http', handle: withCors(routes(table, (_, code) => failure(code))) } };
  },
};

const table: Routes = {
  'GET /': () => html('<!doctype html>\n<title>httpbin</title>\n<h1>httpbin</h1>\n'),
  'GET /get': get,
  'POST /post': withBody,
  'PUT /put': withBody,
  'PATCH /patch': withBody,
  'DELETE /delete': withBody,
  '/anything': anything,
  '/anything/{rest...}': anything,
  '/headers': (r) => json({ headers: canonicalHeaders(r.headers) }),
  '/ip': (r) => json({ origin: origin(r) }),
  '/user-agent': (r) => json({ 'user-agent': r.headers['user-agent'] ?? '' }),
  '/status/{code}': status,
  '/delay/{seconds}': delay,
  '/drip': drip,
  '/stream/{n}': stream,
  '/bytes/{n}': bytes,
  '/redirect/{n}': redirect,
  '/relative-redirect/{n}': redirect,
  '/absolute-redirect/{n}': (r) => redirect({ ...r, query: new URLSearchParams('absolute=true') }),
  '/redirect-to': redirectTo,
  '/cookies': cookies,
  '/cookies/set': setCookies,
  '/response-headers': responseHeaders,
  '/basic-auth/{user}/{password}': basicAuth,
  '/gzip': gzipped,
  '/json': () => json(sample),
  '/uuid': (_, ctx) => json({ uuid: uuid(ctx) }),
  '/hostname': (_, ctx) => json({ hostname: ctx.pod.name }),
};

function anything(request: RoutedRequest): HttpResponse {
  return request.method === 'HEAD' ? get(request) : withBody(request);
}

function gzipped(request: RoutedRequest): HttpResponse {
  const { url: _, ...rest } = describe(request);
  const response = json({ ...rest, gzipped: true });
  const body = gzip(new TextEncoder().encode(String(response.body)));
  return { ...response, headers: { ...response.headers, 'content-encoding': 'gzip' }, body };
}

/** Version 4, variant 1 (RFC 9562, 5.4). */
function uuid(ctx: WorkloadContext): string {
  const digit = (n: number) => Math.floor(ctx.random() * n);
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (c) =>
    (c === 'x' ? digit(16) : 8 + digit(4)).toString(16),
  );
}

const sample = {
  menu: {
    title: 'Supper',
    courses: [
      { name: 'Soup', ingredients: ['leek', 'potato'] },
      { name: 'Pie', ingredients: ['plum', 'butter', 'flour'] },
    ],
  },
};

/** Every page may read the answers, as with go-httpbin (preflight in httpbin/middleware.go). */
function withCors(handle: HttpHandler): HttpHandler {
  return async (request, ctx) => {
    const cors = {
      'access-control-allow-origin': request.headers.origin ?? '*',
      'access-control-allow-credentials': 'true',
    };
    const response = request.method === 'OPTIONS' ? preflight(request.headers) : await handle(request, ctx);
    return { ...response, headers: { ...cors, ...response.headers } };
  };
}

function preflight(headers: { [name: string]: string }): HttpResponse {
  const asked = headers['access-control-request-headers'];
  return plain(200, '', {
    'access-control-allow-methods': 'GET, POST, HEAD, PUT, DELETE, PATCH, OPTIONS',
    'access-control-max-age': '3600',
    ...(asked && { 'access-control-allow-headers': asked }),
  });
}
