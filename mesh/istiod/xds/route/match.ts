import type { JsonObject } from '../../../json.ts';
import { compareText } from '../../model/config.ts';
import type { HttpMatch, RouteSemantics, StringMatch } from '../../model/virtual-service.ts';
import { some } from '../any.ts';

/** Envoy's StringMatcher; undefined for a match that says nothing. */
export function stringMatcher(match: StringMatch | undefined): JsonObject | undefined {
  if (match?.exact !== undefined) return { exact: match.exact };
  if (match?.prefix !== undefined) return { prefix: match.prefix };
  return match?.regex === undefined ? undefined : { safeRegex: { regex: match.regex } };
}

/** No condition, or the regex "*": it is enough that the header is there. */
const isPresence = (match: StringMatch): boolean => {
  if (match.exact !== undefined || match.prefix !== undefined) return false;
  return match.regex === undefined || match.regex === '*';
};

function headerMatcher(name: string, match: StringMatch): JsonObject {
  if (isPresence(match)) return { name, presentMatch: true };
  return { name, stringMatch: stringMatcher(match) };
}

const claimPrefix = '@request.auth.claims';

/** Headers named `@request.auth.claims…` ask for claims of a JWT, which its filter leaves in the request's metadata. */
export function claimsOf(header: string): string[] | undefined {
  if (!header.toLowerCase().startsWith(claimPrefix)) return undefined;
  const rest = header.slice(claimPrefix.length);
  if (rest.startsWith('.')) return rest.slice(1).split('.');
  const inBrackets = [...rest.matchAll(/\[([^\]]*)\]/g)].map((m) => m[1] ?? '');
  return inBrackets.length > 0 && inBrackets.map((c) => `[${c}]`).join('') === rest ? inBrackets : undefined;
}

/** MetadataMatcherForJWTClaims: the claim is a list that has the string, or the string. */
export function claimMatcher(claims: readonly string[], value: JsonObject | undefined): JsonObject {
  const matched = { stringMatch: value ?? {} };
  return {
    filter: 'envoy.filters.http.jwt_authn',
    path: [{ key: 'payload' }, ...claims.map((key) => ({ key }))],
    value: { orMatch: { valueMatchers: [{ listMatch: { oneOf: matched } }, matched] } },
  };
}

interface Conditions {
  headers: JsonObject[];
  dynamicMetadata: JsonObject[];
}

function headerConditions(match: HttpMatch): Conditions {
  const out: Conditions = { headers: [], dynamicMetadata: [] };
  for (const [name, value] of Object.entries(match.headers ?? {})) {
    const claims = claimsOf(name);
    if (claims) out.dynamicMetadata.push(claimMatcher(claims, stringMatcher(value)));
    else out.headers.push(headerMatcher(name, value));
  }
  for (const [name, value] of Object.entries(match.withoutHeaders ?? {})) {
    const claims = claimsOf(name);
    if (claims) out.dynamicMetadata.push({ ...claimMatcher(claims, stringMatcher(value)), invert: true });
    else {
      // An absent header has no value to differ: it is taken as empty.
      const absent = isPresence(value) ? {} : { treatMissingHeaderAsEmpty: true };
      out.headers.push({ ...headerMatcher(name, value), invertMatch: true, ...absent });
    }
  }
  out.headers.sort((a, b) => compareText(String(a.name), String(b.name)));
  return out;
}

function pathMatch(match: HttpMatch, semantics: RouteSemantics): JsonObject {
  const { uri } = match;
  if (uri?.exact !== undefined) return { path: uri.exact };
  if (uri?.regex !== undefined) return { safeRegex: { regex: uri.regex } };
  const prefix = uri?.prefix ?? '/';
  // The Gateway API and Ingress match whole path segments.
  if (semantics !== 'istio' && uri?.prefix !== undefined && prefix !== '/')
    return { pathSeparatedPrefix: prefix.replace(/\/$/, '') };
  return { prefix };
}

/** Envoy's RouteMatch (TranslateRouteMatch in istio pilot/pkg/networking/core/route/route.go). */
export function routeMatch(match: HttpMatch | undefined, semantics: RouteSemantics): JsonObject {
  if (!match) return { prefix: '/' };
  const { headers, dynamicMetadata } = headerConditions(match);
  const special = [
    [':method', match.method],
    [':authority', match.authority],
    [':scheme', match.scheme],
  ] as const;
  for (const [name, value] of special) if (value) headers.push(headerMatcher(name, value));
  const query = Object.entries(match.queryParams ?? {})
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, value]) => headerMatcher(name, value));
  return {
    ...pathMatch(match, semantics),
    caseSensitive: !match.ignoreUriCase,
    dynamicMetadata: some(dynamicMetadata),
    headers: some(headers),
    queryParameters: some(query),
  };
}

/** Nothing after such a route is ever reached. */
export function isCatchAll(match: JsonObject): boolean {
  const regex = (match.safeRegex as { regex?: string } | undefined)?.regex;
  const any = match.prefix === '/' || match.pathSeparatedPrefix === '/' || regex === '.*';
  return any && !match.headers && !match.queryParameters && !match.dynamicMetadata;
}
