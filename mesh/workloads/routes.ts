import type { HttpHandler, HttpRequest, HttpResponse, WorkloadContext } from './workload.ts';

export interface RoutedRequest extends HttpRequest {
  /** Path without query, decoded. */
  pathname: string;
  query: URLSearchParams;
  /** What the pattern's `{name}` matched, decoded. */
  params: { [name: string]: string };
}

export type RouteHandler = (request: RoutedRequest, ctx: WorkloadContext) => Promise<HttpResponse> | HttpResponse;

/** `GET /status/{code}`, `/anything/{rest...}` (any method, any depth); the first that matches wins. GET also answers HEAD. */
export type Routes = { [pattern: string]: RouteHandler };

/** `otherwise` answers what no pattern matches; `status` is 404, or 405 when only the method is wrong. */
export function routes(
  table: Routes,
  otherwise: (request: RoutedRequest, status: 404 | 405) => HttpResponse,
): HttpHandler {
  const compiled = Object.entries(table).map(([pattern, handle]) => ({ ...compile(pattern), handle }));
  return (request, ctx) => {
    const [path = '', ...query] = request.path.split('?');
    const routed = { ...request, pathname: decode(path), query: new URLSearchParams(query.join('?')), params: {} };
    const matching = compiled.filter((r) => r.path.test(path));
    const route = matching.find((r) => r.method === undefined || r.method === methodOf(request));
    if (!route) return otherwise(routed, matching.length > 0 ? 405 : 404);
    const groups = Object.entries(route.path.exec(path)?.groups ?? {});
    return route.handle({ ...routed, params: Object.fromEntries(groups.map(([k, v]) => [k, decode(v ?? '')])) }, ctx);
  };
}

const methodOf = (request: HttpRequest): string => (request.method === 'HEAD' ? 'GET' : request.method);

function compile(pattern: string): { method?: string; path: RegExp } {
  const [, method, path = ''] = pattern.match(/^(?:([A-Z]+) )?(\/.*)$/) ?? [];
  const source = path
    .replace(/[.+*?()[\]\\^$|]/g, (c) => (c === '.' ? '.' : `\\${c}`))
    .replace(/\{(\w+)\.\.\.\}/g, '(?<$1>.*)')
    .replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  const compiled = { path: new RegExp(`^${source}$`) };
  return method ? { ...compiled, method } : compiled;
}

/** A malformed escape stays as it is: it is the sender's text. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const html = (body: string, status = 200): HttpResponse => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body,
});

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
