import type {
  GatewayGrpcRule,
  GatewayHttpRule,
  GrpcRouteMatch,
  HttpRouteMatch,
  RouteFilter,
  ValueMatch,
  WeightedBackend,
} from '../../model/gateway-route.ts';
import type { Headers, HttpDestination, HttpMatch, HttpRoute, StringMatch } from '../../model/virtual-service.ts';
import { type Converted, destinations, hasBackends, type RouteInput } from './backend.ts';
import { type ConfigError, joined } from './conditions.ts';
import { filterFields, headerFields } from './filters.ts';

/** A rule of an HTTPRoute, one route for each of its matches, because each match has a rank of its own. */
export function httpRoutes(rule: GatewayHttpRule, name: string, input: RouteInput): Converted<HttpRoute[]> {
  // The CRD's default is the path /; a list without a match has none.
  const matches = rule.matches?.length === 0 ? [undefined] : (rule.matches ?? [{}]).map(httpMatch);
  return routes(rule, { name, matches, more: { ...retries(rule), ...timeouts(rule) } }, input);
}

export function grpcRoutes(rule: GatewayGrpcRule, name: string, input: RouteInput): Converted<HttpRoute[]> {
  const empty = (rule.matches ?? []).find((m) => m.method && !m.method.service && !m.method.method);
  if (empty)
    return { error: { reason: 'InvalidConfiguration', message: 'gRPC match must have method or service defined' } };
  const matches = rule.matches?.length ? rule.matches.map(grpcMatch) : [undefined];
  return routes(rule, { name, matches, more: {} }, input);
}

interface CommonRule {
  name?: string;
  filters?: RouteFilter[];
  backendRefs?: WeightedBackend[];
}

function routes(
  rule: CommonRule,
  of: { name: string; matches: readonly (HttpMatch | undefined)[]; more: HttpRoute },
  input: RouteInput,
): Converted<HttpRoute[]> {
  const filters = filterFields(rule.filters ?? [], input);
  if (!filters.value) return { error: filters.error };
  const action = actionOf(rule, filters.value, input);
  if (!action.value) return { error: action.error };
  const common = { ...filters.value, ...of.more, ...action.value };
  const value = of.matches.map((match) => ({
    name: rule.name ?? of.name,
    ...(match ? { match: [match] } : {}),
    ...common,
  }));
  return { value, error: joined(action.error, filters.error) };
}

/** Rules without a backend that gets requests answer 500. */
function actionOf({ backendRefs = [] }: CommonRule, filters: HttpRoute, input: RouteInput): Converted<HttpRoute> {
  if (!hasBackends(backendRefs)) return { value: filters.redirect ? {} : { directResponse: { status: 500 } } };
  const legs = destinations(backendRefs, input);
  if (!legs.value) return { error: legs.error };
  const route: HttpDestination[] = [];
  for (const { backend, destination, weight } of legs.value) {
    const { value: headers, error } = headersOf(backend.filters ?? []);
    if (!headers) return { error };
    route.push({ destination, weight, ...(Object.keys(headers).length > 0 ? { headers } : {}) });
  }
  return { value: { route }, error: legs.error };
}

function headersOf(filters: readonly RouteFilter[]): { value?: Headers; error?: ConfigError | undefined } {
  const all = filters.map(headerFields);
  const bad = all.find((h) => !h.value);
  return bad ? { error: bad.error } : { value: Object.assign({}, ...all.map((h) => h.value)) };
}

/** Connection errors are always tried again where a rule has `retry`. */
function retries({ retry }: GatewayHttpRule): HttpRoute {
  if (!retry) return {};
  const attempts = retry.attempts ?? 2;
  const retryOn = ['connect-failure', 'refused-stream', 'unavailable', 'cancelled', ...(retry.codes ?? [])].join();
  const backoff = retry.backoff === undefined ? {} : { backoff: retry.backoff };
  return { retries: { attempts, retryOn: attempts === 0 ? '' : retryOn, ...backoff } };
}

function timeouts(rule: GatewayHttpRule): HttpRoute {
  const { request, backendRequest } = rule.timeouts ?? {};
  const whole = request ? { timeout: request } : {};
  if (!backendRequest) return whole;
  const own = retries(rule).retries;
  return own ? { ...whole, retries: { ...own, perTryTimeout: backendRequest } } : { timeout: backendRequest };
}

/** What the API server fills in: a path of any kind. */
const httpMatch = (match: HttpRouteMatch): HttpMatch => ({
  uri: uriMatch(match.path ?? {}),
  ...(match.headers?.length ? { headers: values(match.headers) } : {}),
  ...(match.queryParams?.length ? { queryParams: values(match.queryParams) } : {}),
  ...(match.method === undefined ? {} : { method: { exact: match.method } }),
});

function uriMatch({ type = 'PathPrefix', value = '/' }: NonNullable<HttpRouteMatch['path']>): StringMatch {
  if (type === 'Exact') return { exact: value };
  if (type === 'RegularExpression') return { regex: value };
  return { prefix: value === '/' ? value : value.replace(/\/$/, '') };
}

const values = (matches: readonly ValueMatch[]): { [name: string]: StringMatch } =>
  Object.fromEntries(
    matches.map(({ type, name = '', value = '' }) => [
      name,
      type === 'RegularExpression' ? { regex: value } : { exact: value },
    ]),
  );

/** A gRPC call is a request for /service/method. */
function grpcMatch(match: GrpcRouteMatch): HttpMatch | undefined {
  const uri = methodMatch(match.method);
  const headers = match.headers?.length ? values(match.headers) : undefined;
  return { ...(uri ? { uri } : {}), ...(headers ? { headers } : {}) };
}

function methodMatch(of: GrpcRouteMatch['method']): StringMatch | undefined {
  const { service, method, type } = of ?? {};
  if (service === undefined) return method === undefined ? undefined : { regex: `/[^/]+/${method}` };
  const regular = type === 'RegularExpression';
  if (method === undefined) return regular ? { regex: `/${service}/.+` } : { prefix: `/${service}/` };
  return regular ? { regex: `/${service}/${method}` } : { exact: `/${service}/${method}` };
}

/** Gateway API ranks matches: exact paths, then prefixes, then expressions, longer first, and so on (sortHTTPRoutes). */
export function byRank(a: HttpRoute, b: HttpRoute): number {
  const [first, second] = [a.match?.[0], b.match?.[0]];
  if (!first || !second) return Number(!first) - Number(!second);
  const ranks = [first, second].map((m) => [
    pathRank(m.uri),
    (m.uri?.exact ?? m.uri?.prefix ?? m.uri?.regex ?? '').length,
    Number(m.method !== undefined),
    Object.keys(m.headers ?? {}).length,
    Object.keys(m.queryParams ?? {}).length,
  ]);
  const [left = [], right = []] = ranks;
  for (const [i, rank] of left.entries()) if (rank !== right[i]) return (right[i] ?? 0) - rank;
  return 0;
}

function pathRank(uri: StringMatch | undefined): number {
  if (uri?.exact !== undefined) return 3;
  if (uri?.prefix !== undefined) return 2;
  return uri?.regex === undefined ? -1 : 1;
}
