import type { Config } from './config.ts';
import { bool, duration, list, map, num, obj, type Shape, str } from './shape.ts';

/** networking.istio.io/v1 VirtualService: also the normal form that Gateway API routes are turned into. */
export const stringMatch = obj({ exact: str, prefix: str, regex: str });
export type StringMatch = Shape<typeof stringMatch>;

export const percent = obj({ value: num });
export const destination = obj({ host: str, subset: str, port: obj({ number: num }) });
export type Destination = Shape<typeof destination>;

const headerOperations = obj({ set: map(str), add: map(str), remove: list(str) });
export const headers = obj({ request: headerOperations, response: headerOperations });
export type Headers = Shape<typeof headers>;

const httpMatch = obj({
  name: str,
  uri: stringMatch,
  scheme: stringMatch,
  method: stringMatch,
  authority: stringMatch,
  headers: map(stringMatch),
  withoutHeaders: map(stringMatch),
  queryParams: map(stringMatch),
  port: num,
  sourceLabels: map(str),
  sourceNamespace: str,
  gateways: list(str),
  ignoreUriCase: bool,
  statPrefix: str,
});
export type HttpMatch = Shape<typeof httpMatch>;

const httpDestination = obj({ destination, weight: num, headers });
export type HttpDestination = Shape<typeof httpDestination>;

export const retries = obj({
  attempts: num,
  perTryTimeout: duration,
  retryOn: str,
  retryRemoteLocalities: bool,
  retryIgnorePreviousHosts: bool,
  backoff: duration,
});
export type Retries = Shape<typeof retries>;

const redirect = obj({
  uri: str,
  authority: str,
  scheme: str,
  prefixRewrite: str,
  redirectCode: num,
  port: num,
  derivePort: str,
});
export type Redirect = Shape<typeof redirect>;

const fault = obj({
  delay: obj({ fixedDelay: duration, percentage: percent, percent: num }),
  abort: obj({ httpStatus: num, grpcStatus: str, http2Error: str, percentage: percent }),
});
export type Fault = Shape<typeof fault>;

const corsPolicy = obj({
  allowOrigin: list(str),
  allowOrigins: list(stringMatch),
  allowMethods: list(str),
  allowHeaders: list(str),
  exposeHeaders: list(str),
  maxAge: duration,
  allowCredentials: bool,
  unmatchedPreflights: str,
});
export type CorsPolicy = Shape<typeof corsPolicy>;

const mirrorPolicy = obj({ destination, percentage: percent });
export type MirrorPolicy = Shape<typeof mirrorPolicy>;

export const httpRoute = obj({
  name: str,
  match: list(httpMatch),
  route: list(httpDestination),
  redirect,
  directResponse: obj({ status: num, body: obj({ string: str, bytes: str }) }),
  delegate: obj({ name: str, namespace: str }),
  rewrite: obj({ uri: str, authority: str, uriRegexRewrite: obj({ match: str, rewrite: str }) }),
  timeout: duration,
  retries,
  fault,
  mirror: destination,
  mirrors: list(mirrorPolicy),
  mirrorPercent: num,
  /** The CRD knows the deprecated field by its proto name as well (kubebuilder:altName). */
  mirror_percent: num,
  mirrorPercentage: percent,
  corsPolicy,
  headers,
});
export type HttpRoute = Shape<typeof httpRoute> & {
  /** What a delegate's route took over from the route that led to it. */
  inherited?: { from: HttpRoute; fields: readonly (keyof Shape<typeof httpRoute>)[] };
};

const l4Match = obj({
  destinationSubnets: list(str),
  port: num,
  sourceSubnet: str,
  sourceLabels: map(str),
  sourceNamespace: str,
  gateways: list(str),
});
export type L4Match = Shape<typeof l4Match>;
const tlsMatch = obj({
  sniHosts: list(str),
  destinationSubnets: list(str),
  port: num,
  sourceLabels: map(str),
  sourceNamespace: str,
  gateways: list(str),
});
export type TlsMatch = Shape<typeof tlsMatch>;

const routeDestination = obj({ destination, weight: num });
export type RouteDestination = Shape<typeof routeDestination>;
export const tcpRoute = obj({ match: list(l4Match), route: list(routeDestination) });
export const tlsRoute = obj({ match: list(tlsMatch), route: list(routeDestination) });

export const virtualService = obj({
  hosts: list(str),
  gateways: list(str),
  http: list(httpRoute),
  tls: list(tlsRoute),
  tcp: list(tcpRoute),
  exportTo: list(str),
});
export type VirtualService = Shape<typeof virtualService>;

/** Which rules of translation apply: those of VirtualService, or those the Gateway API asks for. */
export type RouteSemantics = 'istio' | 'gateway' | 'ingress';

/** A VirtualService after names were resolved and delegates merged. */
export interface VirtualServiceConfig extends Config<VirtualService> {
  /** Namespaces that see it; "*" for all, "~" for none. */
  exportTo: ReadonlySet<string>;
  semantics: RouteSemantics;
  /** Kind of the route of the Gateway API that it was made of. */
  source?: 'HTTPRoute' | 'GRPCRoute' | 'TCPRoute' | 'TLSRoute';
}
