import type { HeaderFilter, RouteFilter } from '../../model/gateway-route.ts';
import type {
  CorsPolicy,
  Headers,
  HttpRoute,
  MirrorPolicy,
  Redirect,
  StringMatch,
} from '../../model/virtual-service.ts';
import { backendDestination, type Converted, type RouteInput } from './backend.ts';
import type { ConfigError } from './conditions.ts';

/** Filters that only HTTPRoutes have. */
const httpOnly: { [type: string]: (filter: RouteFilter) => HttpRoute } = {
  RequestRedirect: (f) => ({ redirect: redirect(f.requestRedirect) }),
  URLRewrite: (f) => ({ rewrite: rewrite(f.urlRewrite) }),
  CORS: (f) => ({ corsPolicy: cors(f.cors) }),
};

/** Filters of a rule as fields of a VirtualService's route; no value for a filter that Istio does not have. */
export function filterFields(filters: readonly RouteFilter[], input: RouteInput): Converted<HttpRoute> {
  const route: HttpRoute = {};
  let error: ConfigError | undefined;
  for (const filter of filters) {
    const type = filter.type ?? '';
    const own = input.kind === 'HTTPRoute' && Object.hasOwn(httpOnly, type) ? httpOnly[type] : undefined;
    if (own) Object.assign(route, own(filter));
    else if (type === 'RequestMirror') {
      const found = mirror(filter, input);
      if (found.value) route.mirrors = [...(route.mirrors ?? []), found.value];
      // A request need not be copied; gRPC's translation is not as patient.
      else if (input.kind === 'GRPCRoute' && found.error) return { error: found.error };
      error = found.error ?? error;
    } else {
      const headers = headerFields(filter);
      if (!headers.value) return { error: headers.error };
      if (Object.keys(headers.value).length > 0) route.headers = { ...route.headers, ...headers.value };
    }
  }
  return { value: route, error };
}

/** Of a filter that changes headers; no value for any other. */
export function headerFields(filter: RouteFilter): Converted<Headers> {
  const { type, requestHeaderModifier, responseHeaderModifier } = filter;
  const known = type === 'RequestHeaderModifier' || type === 'ResponseHeaderModifier';
  if (!known) return { error: { reason: 'InvalidFilter', message: `unsupported filter type "${type ?? ''}"` } };
  const request = type === 'RequestHeaderModifier';
  const changes = request ? requestHeaderModifier : responseHeaderModifier;
  if (!changes) return { value: {} };
  const bad = [...(changes.set ?? []), ...(changes.add ?? [])].find((h) => !isHeaderValue(h.value ?? ''));
  if (bad)
    return {
      error: { reason: 'InvalidFilter', message: `header "${bad.name ?? ''}" value contains invalid characters` },
    };
  return { value: request ? { request: operations(changes) } : { response: operations(changes) } };
}

/** Tabs and visible characters (RFC 9110, 5.5). */
const isHeaderValue = (value: string): boolean =>
  [...value].every((c) => c === '\t' || (c.charCodeAt(0) >= 0x20 && c.charCodeAt(0) !== 0x7f));

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

function mirror({ requestMirror }: RouteFilter, input: RouteInput): Converted<MirrorPolicy> {
  if (!requestMirror) return {};
  const found = backendDestination(requestMirror.backendRef ?? {}, input);
  if (found.error) return { error: found.error };
  const { fraction, percent } = requestMirror;
  const value = fraction ? (100 * (fraction.numerator ?? 0)) / (fraction.denominator ?? 100) : percent;
  return { value: { destination: found.value, ...(value === undefined ? {} : { percentage: { value } }) } };
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

/** Without a port the request's own stays, unless the scheme says otherwise; 302 is the CRD's default. */
function redirect(filter: RouteFilter['requestRedirect']): Redirect | undefined {
  if (!filter) return undefined;
  const { statusCode = 302, hostname, scheme, port, path } = filter;
  const derivePort = scheme === undefined ? 'FROM_REQUEST_PORT' : 'FROM_PROTOCOL_DEFAULT';
  return {
    redirectCode: statusCode,
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
  // The CRD's default, in seconds.
  const { maxAge = 5 } = filter;
  return {
    allowOrigins: (filter.allowOrigins ?? []).filter(Boolean).map(originMatch),
    allowMethods: filter.allowMethods ?? [],
    allowHeaders: filter.allowHeaders ?? [],
    exposeHeaders: filter.exposeHeaders ?? [],
    ...(filter.allowCredentials ? { allowCredentials: true } : {}),
    ...(maxAge > 0 ? { maxAge: maxAge * 1e9 } : {}),
    unmatchedPreflights: 'IGNORE',
  };
}

function originMatch(origin: string): StringMatch {
  if (origin === '*') return { regex: '^[a-zA-Z][a-zA-Z0-9+.-]*://[^/\\s?#]+$' };
  if (!origin.includes('*')) return { exact: origin };
  if (origin.indexOf('*') === origin.length - 1) return { prefix: origin.slice(0, -1) };
  return { regex: `^${origin.replace(/[\\.+?()|[\]{}^$]/g, '\\$&').replaceAll('*', '.*')}$` };
}
