import { canonicalHeaders } from './httpbin/answer.ts';
import { parseDuration } from './httpbin/duration.ts';
import type { HttpHandler, HttpResponse, Workload, WorkloadContext } from './workload.ts';

/**
 * Tells what it received, as the backend of the Gateway API's conformance tests does (echo-basic.go in kubernetes-sigs/gateway-api
 * v1.4.0, conformance/echo-basic): pod and namespace always, `X-Echo-Set-Header: Name:value,…` becomes headers of the answer,
 * `?delay=1s` makes it late, `/status/503` answers with that status. It logs each path that it echoes.
 */
export const gatewayEcho: Workload = {
  name: 'gateway-echo',
  images: ['gateway-api/conformance/echo-basic'],
  ports: () => ({ 3000: { protocol: 'http', handle }, 3001: { protocol: 'http', handle } }),
};

const handle: HttpHandler = async (request, ctx) => {
  const [pathname = '', query] = request.path.split('?');
  const code = /^\/status\/([2-5]\d\d)$/.exec(pathname)?.[1];
  if (code !== undefined) return { status: Number(code) };
  ctx.log(`Echoing back request made to ${request.path}`);
  const delay = new URLSearchParams(query).get('delay');
  if (delay !== null) await ctx.sleep(parseDuration(delay) ?? 0);
  return echoed(request, ctx);
};

function echoed({ path, method, headers }: Parameters<HttpHandler>[0], { pod }: WorkloadContext): HttpResponse {
  const said = {
    path,
    host: headers.host ?? headers[':authority'] ?? '',
    method,
    headers: canonicalHeaders(headers),
    namespace: pod.namespace,
    pod: pod.name,
  };
  const wanted = { 'content-type': 'application/json', 'x-content-type-options': 'nosniff' };
  return { status: 200, headers: { ...asked(headers['x-echo-set-header']), ...wanted }, body: JSON.stringify(said) };
}

/** `Name:value, Other:value`; a name that comes twice has both values. */
function asked(list = ''): { [name: string]: string } {
  const pairs = list.split(',').flatMap((pair): [string, string][] => {
    const [, name = '', value = ''] = /^\s*([^:\s]+):(.*)$/.exec(pair) ?? [];
    return name ? [[name.toLowerCase(), value.trim()]] : [];
  });
  const all = new Map<string, string>();
  for (const [name, value] of pairs) all.set(name, all.has(name) ? `${all.get(name)},${value}` : value);
  return Object.fromEntries(all);
}
