import type { HeaderFilter, RouteFilter } from '../../model/gateway-route.ts';
import type {
  CorsPolicy,
  Headers,
  HttpRoute,
  MirrorPolicy,
  Redirect,
  StringMatch,
} from '../../model/virtual-service.ts';
import { backendDestination, type RouteInput } from './backend.ts';

/** Filters of a rule as fields of a VirtualService's route; undefined for a filter that Istio does not have. */
export function filterFields(filters: readonly RouteFilter[], input: RouteInput): HttpRoute | undefined {
  const route: HttpRoute = {};
  for (const filter of filters) {
    const headers = headerFields(filter);
    if (headers) route.headers = { ...route.headers, ...headers };
    else if (filter.type === 'RequestRedirect') route.redirect = redirect(filter.requestRedirect);
    else if (filter.type === 'URLRewrite') route.rewrite = rewrite(filter.urlRewrite);
    else if (filter.type === 'CORS') route.corsPolicy = cors(filter.cors);
    else if (filter.type === 'RequestMirror') route.mirrors = [...(route.mirrors ?? []), ...mirror(filter, input)];
    else {
      input.report(`filter ${filter.type ?? '(no type)'} is not supported`);
      return undefined;
    }
  }
  return route;
}

/** Of a filter that changes headers; undefined for any other. */
export function headerFields(filter: RouteFilter): Headers | undefined {
  if (filter.type === 'RequestHeaderModifier') return { request: operations(filter.requestHeaderModifier) };
  return filter.type === 'ResponseHeaderModifier' ? { response: operations(filter.responseHeaderModifier) } : undefined;
}

const operations = (filter: HeaderFilter | undefined): NonNullable<Headers['request']> => ({
  ...(filter?.set?.length ? { set: byName(filter.set) } : {}),
  ...(filter?.add?.length ? { add: byName(filter.add) } : {}),
  ...(filter?.remove ? { remove: filter.remove } : {}),
});

/** Of entries with one name, however it is written, the first counts. */
function byName(entries: readonly { name?: string; value?: string }[]): { [name: string]: string } {
  const out: { [name: string]: string } = {};
  for (const { name = '', value = '' } of entries) out[name.toLowerCase()] ??= value;
  return out;
}

function mirror({ requestMirror }: RouteFilter, input: RouteInput): MirrorPolicy[] {
  const destination = requestMirror?.backendRef && backendDestination(requestMirror.backendRef, input);
  if (!destination?.host) return [];
  const { fraction, percent } = requestMirror ?? {};
  const value = fraction ? (100 * (fraction.numerator ?? 0)) / (fraction.denominator ?? 100) : percent;
  return [{ destination, ...(value === undefined ? {} : { percentage: { value } }) }];
}

function rewrite(filter: RouteFilter['urlRewrite']): HttpRoute['rewrite'] {
  if (!filter) return undefined;
  const { path, hostname } = filter;
  const prefix = path?.type === 'ReplacePrefixMatch' ? path.replacePrefixMatch?.replace(/\/$/, '') || '/' : undefined;
  const full = path?.type === 'ReplaceFullPath' ? path.replaceFullPath : undefined;
  if (prefix === undefined && full === undefined && !hostname) return undefined;
  return {
    ...(prefix === undefined ? {} : { uri: prefix }),
    ...(full === undefined ? {} : { uriRegexRewrite: { match: '/.*', rewrite: full } }),
    ...(hostname ? { authority: hostname } : {}),
  };
}

/** Without a port the request's own stays, unless the scheme says otherwise. */
function redirect(filter: RouteFilter['requestRedirect']): Redirect | undefined {
  if (!filter) return undefined;
  const { statusCode, hostname, scheme, port, path } = filter;
  const derivePort = scheme === undefined ? 'FROM_REQUEST_PORT' : 'FROM_PROTOCOL_DEFAULT';
  return {
    ...(statusCode === undefined ? {} : { redirectCode: statusCode }),
    ...(hostname === undefined ? {} : { authority: hostname }),
    ...(scheme === undefined ? {} : { scheme }),
    ...(port === undefined ? { derivePort } : { port }),
    ...(path?.type === 'ReplaceFullPath' && path.replaceFullPath !== undefined ? { uri: path.replaceFullPath } : {}),
    ...(path?.type === 'ReplacePrefixMatch' && path.replacePrefixMatch !== undefined
      ? { prefixRewrite: path.replacePrefixMatch }
      : {}),
  };
}

function cors(filter: RouteFilter['cors']): CorsPolicy | undefined {
  if (!filter) return undefined;
  return {
    allowOrigins: (filter.allowOrigins ?? []).filter(Boolean).map(originMatch),
    allowMethods: filter.allowMethods ?? [],
    allowHeaders: filter.allowHeaders ?? [],
    exposeHeaders: filter.exposeHeaders ?? [],
    ...(filter.allowCredentials ? { allowCredentials: true } : {}),
    ...(filter.maxAge && filter.maxAge > 0 ? { maxAge: filter.maxAge * 1e9 } : {}),
    unmatchedPreflights: 'IGNORE',
  };
}

function originMatch(origin: string): StringMatch {
  if (origin === '*') return { regex: '^[a-zA-Z][a-zA-Z0-9+.-]*://[^/\\s?#]+$' };
  if (!origin.includes('*')) return { exact: origin };
  if (origin.indexOf('*') === origin.length - 1) return { prefix: origin.slice(0, -1) };
  return { regex: `^${origin.replace(/[\\.+?()|[\]{}^$]/g, '\\$&').replaceAll('*', '.*')}$` };
}
