import { canonicalHeaders } from './httpbin/answer.ts';
import { parseDuration } from './httpbin/duration.ts';
import type { HttpHandler, HttpResponse, Workload, WorkloadContext } from './workload.ts';

/**
 * Tells what it received, as the backend of the Gateway API's conformance tests does (echo-basic.go in kubernetes-sigs/gateway-api
 * v1.4.0, conformance/echo-basic): pod and namespace always, `X-Echo-Set-Header: Name:value,…` becomes headers of the answer,
 * `?delay=1s` makes it late, `/status/503` answers with that status, `?responseCode=500&succeedAfter=2&uuid=a` fails twice
 * (as httproute-retry.go of v1.6.0 asks). It logs each path that it echoes.
 */
export const gatewayEcho: Workload = {
  name: 'gateway-echo',
  images: ['gateway-api/conformance/echo-basic'],
  ports() {
    const tries = new Map<string, number>();
    const handle: HttpHandler = (request, ctx) => answer({ request, tries }, ctx);
    return { 3000: { protocol: 'http', handle }, 3001: { protocol: 'http', handle } };
  },
};

type Request = Parameters<HttpHandler>[0];

async function answer(
  { request, tries }: { request: Request; tries: Map<string, number> },
  ctx: WorkloadContext,
): Promise<HttpResponse> {
  const [pathname = '', text] = request.path.split('?');
  const code = /^\/status\/([2-5]\d\d)$/.exec(pathname)?.[1];
  if (code !== undefined) return { status: Number(code) };
  ctx.log(`Echoing back request made to ${request.path}`);
  const query = new URLSearchParams(text);
  const delay = query.get('delay');
  if (delay !== null) await ctx.sleep(parseDuration(delay) ?? 0);
  const failing = isFailing(query, tries) ? Number(query.get('responseCode')) : undefined;
  return failing === undefined ? echoed(request, ctx) : { status: failing };
}

/** Whether the answer to this try of the request of a uuid is to be a failure. */
function isFailing(query: URLSearchParams, tries: Map<string, number>): boolean {
  const uuid = query.get('uuid');
  if (uuid === null) return false;
  const tried = tries.get(uuid) ?? 0;
  tries.set(uuid, tried + 1);
  return tried < Number(query.get('succeedAfter'));
}

function echoed({ path, method, headers }: Request, { pod }: WorkloadContext): HttpResponse {
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
