import type { HttpResponse } from '../../world/http-message.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { InternalRedirectPolicy } from '../policy.ts';
import type { RoutedStream } from './router-host.ts';

/** Filter state that counts the redirects followed (source/common/router/router.cc, NumInternalRedirectsFilterStateName). */
const followed = 'num_internal_redirects';

/**
 * Rewrites the request to where an answer redirects, when the route's policy allows to follow it here
 * (source/common/router/router.cc, convertRequestHeadersForInternalRedirect). False: the answer is passed on.
 */
export function redirectInternally(
  stream: RoutedStream,
  response: HttpResponse,
  { policy, cluster }: { policy: InternalRedirectPolicy; cluster: Cluster },
): boolean {
  const { headers } = stream.request;
  const count = Number(stream.info.filterState?.get(followed) ?? 0);
  const target = absolute(response.headers.get('location'));
  const scheme = headers.get(':scheme') === 'https' ? 'https:' : 'http:';
  const allowed = target !== undefined && count < policy.most && (policy.crossScheme || target.protocol === scheme);
  cluster.stats.redirect(allowed);
  if (!allowed) return false;
  stream.info.filterState = new Map([...(stream.info.filterState ?? []), [followed, String(count + 1)]]);
  headers.set('x-envoy-original-url', `${scheme}//${headers.get(':authority') ?? ''}${headers.get(':path') ?? ''}`);
  headers.set(':authority', target.host);
  headers.set(':scheme', target.protocol.slice(0, -1));
  headers.set(':path', `${target.pathname}${target.search}`);
  for (const name of policy.headersToCopy) copy(name, response, stream);
  const method = headers.get(':method');
  if (response.status === 303 && method !== 'GET' && method !== 'HEAD') toGet(stream);
  return true;
}

/** Relative locations are not followed. */
function absolute(location: string | undefined): URL | undefined {
  const url = location !== undefined && /^https?:\/\//.test(location) ? URL.parse(location) : null;
  return url ?? undefined;
}

function copy(name: string, response: HttpResponse, { request }: RoutedStream): void {
  const value = response.headers.get(name);
  if (value === undefined) request.headers.remove(name);
  else request.headers.set(name, value);
}

function toGet({ request }: RoutedStream): void {
  request.headers.set(':method', 'GET');
  request.headers.remove('content-length');
  request.body = '';
}
