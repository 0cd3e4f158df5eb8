import { bool, duration, list, num, obj, type Shape, str } from './shape.ts';

/** gateway.networking.k8s.io routes: the fields that a mesh knows. */
const parentRef = obj({ group: str, kind: str, name: str, namespace: str, port: num, sectionName: str });
export type ParentRef = Shape<typeof parentRef>;

const backend = { group: str, kind: str, name: str, namespace: str, port: num };
const backendRef = obj(backend);
export type BackendRef = Shape<typeof backendRef>;

const header = obj({ name: str, value: str });
const headerFilter = obj({ set: list(header), add: list(header), remove: list(str) });
export type HeaderFilter = Shape<typeof headerFilter>;

const pathModifier = obj({ type: str, replaceFullPath: str, replacePrefixMatch: str });
const routeFilter = obj({
  type: str,
  requestHeaderModifier: headerFilter,
  responseHeaderModifier: headerFilter,
  requestMirror: obj({ backendRef, percent: num, fraction: obj({ numerator: num, denominator: num }) }),
  requestRedirect: obj({ scheme: str, hostname: str, port: num, statusCode: num, path: pathModifier }),
  urlRewrite: obj({ hostname: str, path: pathModifier }),
  cors: obj({
    allowOrigins: list(str),
    allowMethods: list(str),
    allowHeaders: list(str),
    exposeHeaders: list(str),
    allowCredentials: bool,
    maxAge: num,
  }),
});
export type RouteFilter = Shape<typeof routeFilter>;

const valueMatch = obj({ type: str, name: str, value: str });
export type ValueMatch = Shape<typeof valueMatch>;
const httpRouteMatch = obj({
  path: obj({ type: str, value: str }),
  headers: list(valueMatch),
  queryParams: list(valueMatch),
  method: str,
});
export type HttpRouteMatch = Shape<typeof httpRouteMatch>;
const grpcRouteMatch = obj({ method: obj({ type: str, service: str, method: str }), headers: list(valueMatch) });
export type GrpcRouteMatch = Shape<typeof grpcRouteMatch>;

const weightedBackend = obj({ ...backend, weight: num, filters: list(routeFilter) });
export type WeightedBackend = Shape<typeof weightedBackend>;
const common = { parentRefs: list(parentRef), hostnames: list(str) };
const rule = { name: str, filters: list(routeFilter), backendRefs: list(weightedBackend) };

export const gatewayHttpRoute = obj({
  ...common,
  rules: list(
    obj({
      ...rule,
      matches: list(httpRouteMatch),
      timeouts: obj({ request: duration, backendRequest: duration }),
      retry: obj({ codes: list(num), attempts: num, backoff: duration }),
    }),
  ),
});
export type GatewayHttpRoute = Shape<typeof gatewayHttpRoute>;
export type GatewayHttpRule = NonNullable<GatewayHttpRoute['rules']>[number];

export const gatewayGrpcRoute = obj({ ...common, rules: list(obj({ ...rule, matches: list(grpcRouteMatch) })) });
export type GatewayGrpcRoute = Shape<typeof gatewayGrpcRoute>;
export type GatewayGrpcRule = NonNullable<GatewayGrpcRoute['rules']>[number];

/** TCPRoute and TLSRoute. */
export const gatewayL4Route = obj({ ...common, rules: list(obj({ backendRefs: list(weightedBackend) })) });
export type GatewayL4Route = Shape<typeof gatewayL4Route>;
