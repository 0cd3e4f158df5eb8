import type { JsonObject } from '../../json.ts';
import { firstFailing } from '../match/condition.ts';
import { flag, objects, text, texts } from '../match/proto.ts';
import { reportUnsupported } from '../match/unsupported.ts';
import type { RedirectAction, RejectedRoute, RouteCompiling, RouteMatch, RouteTable, Stream } from '../types.ts';
import { compileRoute, type RouteEntry } from './route.ts';
import { compileDomains } from './virtual-hosts.ts';
import { pickWeighted } from './weighted.ts';

interface VirtualHost {
  name: string;
  /** When TLS is required and the request came without: a redirect. */
  redirectToTls: ((stream: Stream) => boolean) | undefined;
  tlsRoute: RouteEntry;
  routes: readonly RouteEntry[];
  /** One result per route and one for none, made once. */
  matches: ReadonlyMap<RouteEntry | undefined, RouteMatch>;
}

const none: readonly RejectedRoute[] = [];
const noHost: RouteMatch = { route: undefined, virtualHost: '', rejected: none };

/** envoy.config.route.v3.RouteConfiguration. Throws a ProblemError when Envoy would refuse it. */
export function compileRouteConfig(config: JsonObject, compiling: RouteCompiling): RouteTable {
  const { pointer, context } = compiling;
  reportUnsupported(config, ['vhds', 'clusterSpecifierPlugins'], { pointer, report: context.report });
  const hosts = objects(config, 'virtualHosts').map((host, i) => {
    const owner = compileVirtualHost({ config, host }, `${pointer}/virtualHosts/${i}`, compiling);
    return { domains: texts(host, 'domains'), owner };
  });
  const name = text(config, 'name');
  const find = compileDomains(hosts, { ignorePort: flag(config, 'ignorePortInHostMatching') ?? false, name });
  const withoutParameters = flag(config, 'ignorePathParametersInPathMatching') ?? false;
  return {
    name,
    match(stream) {
      const host = find(stream.request.headers.get(':authority'));
      return host ? matchIn(host, stream, withoutParameters) : noHost;
    },
  };
}

function compileVirtualHost(
  { config, host }: { config: JsonObject; host: JsonObject },
  pointer: string,
  compiling: RouteCompiling,
): VirtualHost {
  const { report } = compiling.context;
  reportUnsupported(host, ['matcher', 'virtualClusters', 'rateLimits'], { pointer, report });
  const at = { config: compiling.pointer, virtualHost: pointer };
  const routes = objects(host, 'routes').map((route, i) =>
    compileRoute({ config, virtualHost: host, route }, { ...at, route: `${pointer}/routes/${i}` }, compiling),
  );
  const toTls = { match: { prefix: '' }, redirect: {} };
  const redirect = compileRoute(
    { config: {}, virtualHost: { name: text(host, 'name') }, route: toTls },
    { ...at, route: pointer },
    compiling,
  );
  const tlsRoute = { ...redirect, compiled: { ...redirect.compiled, action: redirectToTls } };
  const name = text(host, 'name');
  const matches = new Map<RouteEntry | undefined, RouteMatch>(
    [...routes, tlsRoute].map((entry) => [entry, { route: entry.compiled, virtualHost: name, rejected: none }]),
  );
  matches.set(undefined, { route: undefined, virtualHost: name, rejected: none });
  return { name, routes, tlsRoute, matches, redirectToTls: tlsCheck(text(host, 'requireTls')) };
}

/** Other than a redirect of a route, it keeps the port (source/common/http/utility.cc, createSslRedirectPath). */
const redirectToTls: RedirectAction = {
  kind: 'redirect',
  status: 301,
  location: ({ headers }) => `https://${headers.get(':authority')}${headers.get(':path')}`,
};

/** VirtualHost.require_tls reads x-forwarded-proto (config_impl.cc, getRouteFromEntries). */
function tlsCheck(requirement: string): VirtualHost['redirectToTls'] {
  if (requirement !== 'ALL' && requirement !== 'EXTERNAL_ONLY') return undefined;
  return ({ request: { headers } }) => {
    if (headers.get('x-forwarded-proto') === 'https') return false;
    return requirement === 'ALL' || headers.get('x-envoy-internal') !== 'true';
  };
}

function matchIn(host: VirtualHost, stream: Stream, withoutParameters: boolean): RouteMatch {
  if (host.redirectToTls?.(stream)) return host.matches.get(host.tlsRoute) ?? noHost;
  const whole = stream.request.headers.get(':path');
  const path = withoutParameters && whole !== undefined ? whole.replace(/;[^?#]*/, '') : whole;
  const found = host.routes.find((entry) => matches(entry, stream, path));
  stream.weightedCluster =
    found?.compiled.action.kind === 'route'
      ? pickWeighted(found.compiled.action.policy.clusters, stream.randomValue)
      : -1;
  const match = host.matches.get(found) ?? noHost;
  return stream.trace ? { ...match, rejected: rejectedBefore(host, found, { stream, path }) } : match;
}

const isConnect = (stream: Stream): boolean => stream.request.headers.get(':method') === 'CONNECT';

function matches({ path: matcher, others }: RouteEntry, stream: Stream, path: string | undefined): boolean {
  if (matcher.connect ? !isConnect(stream) : path === undefined || !matcher.test(path)) return false;
  return others.length === 0 || firstFailing(others, stream) === undefined;
}

function rejectedBefore(
  host: VirtualHost,
  found: RouteEntry | undefined,
  request: { stream: Stream; path: string | undefined },
): RejectedRoute[] {
  const end = found ? host.routes.indexOf(found) : host.routes.length;
  return host.routes.slice(0, end).map((entry) => ({
    name: entry.compiled.name,
    pointer: entry.compiled.pointer,
    reason: reasonOf(entry, request.stream, request.path),
  }));
}

function reasonOf({ path: matcher, others }: RouteEntry, stream: Stream, path: string | undefined): string {
  if (matcher.connect && !isConnect(stream)) return matcher.reason('');
  if (!matcher.connect && path === undefined) return 'the request has no path';
  if (!matcher.connect && !matcher.test(path ?? '')) return matcher.reason(path ?? '');
  return firstFailing(others, stream)?.reason(stream) ?? 'it matches';
}
