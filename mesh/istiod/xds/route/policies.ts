import type { JsonObject } from '../../../json.ts';
import { durationText } from '../../model/duration.ts';
import type { CorsPolicy, Fault, HttpRoute } from '../../model/virtual-service.ts';
import { present, text, typed } from '../any.ts';
import { stringMatcher } from './match.ts';

/** Percentages keep four decimals: Envoy counts in millionths. Fractions are cut, as Go's uint32() does. */
const millionths = (percent: number): JsonObject => ({
  denominator: 'MILLION',
  numerator: Math.trunc(percent * 10000) || undefined,
});
const hundredths = (percent: number): JsonObject => ({ numerator: percent || undefined });

const grpcStatus: { [name: string]: number } = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
};

/** TranslateFault. Where neither a fixed delay nor an abort remains, istiod still sends the message, empty. */
export function faultConfig(fault: Fault): JsonObject {
  const { delay, abort } = fault;
  const percentOfDelay = delay?.percentage ? millionths(delay.percentage.value ?? 0) : hundredths(delay?.percent ?? 0);
  const delayed =
    delay?.fixedDelay === undefined
      ? undefined
      : { fixedDelay: durationText(delay.fixedDelay), percentage: percentOfDelay };
  const status = abort?.httpStatus === undefined ? undefined : { httpStatus: abort.httpStatus };
  const grpc = abort?.grpcStatus === undefined ? undefined : { grpcStatus: grpcStatus[abort.grpcStatus] ?? 0 };
  const kind = status ?? grpc;
  const aborted = kind && {
    ...kind,
    percentage: abort?.percentage ? millionths(abort.percentage.value ?? 0) : undefined,
  };
  return typed('envoy.extensions.filters.http.fault.v3.HTTPFault', { abort: aborted, delay: delayed });
}

/** TranslateCORSPolicy. */
export function corsConfig(cors: CorsPolicy): JsonObject {
  const origins =
    (cors.allowOrigins && present(cors.allowOrigins.map(stringMatcher))) ??
    cors.allowOrigin?.map((exact) => ({ exact }));
  return typed('envoy.extensions.filters.http.cors.v3.CorsPolicy', {
    allowCredentials: cors.allowCredentials,
    allowHeaders: text(cors.allowHeaders?.join(',')),
    allowMethods: text(cors.allowMethods?.join(',')),
    allowOriginStringMatch: origins?.length ? origins : undefined,
    exposeHeaders: text(cors.exposeHeaders?.join(',')),
    filterEnabled: { defaultValue: { numerator: 100 } },
    forwardNotMatchingPreflights: cors.unmatchedPreflights !== 'IGNORE',
    maxAge: cors.maxAge === undefined ? undefined : String(Math.floor(cors.maxAge / 1e9)),
  });
}

/** Mirrors with the share of requests that they get; a share of 0 is no mirror. */
export function mirrorFraction(percentage: { value?: number } | undefined, whole?: number): JsonObject | undefined {
  if (percentage) return (percentage.value ?? 0) > 0 ? { defaultValue: millionths(percentage.value ?? 0) } : undefined;
  if (whole !== undefined && whole <= 0) return undefined;
  return { defaultValue: hundredths(whole ?? 100) };
}

/** The copy keeps its host (DISABLE_SHADOW_HOST_SUFFIX) and is not traced on its own. */
export const mirrorPolicy = (cluster: string, fraction: JsonObject): JsonObject => ({
  cluster,
  disableShadowHostSuffixAppend: true,
  runtimeFraction: fraction,
  traceSampled: false,
});

const redirectCodes: { [code: number]: string | undefined } = {
  301: undefined,
  302: 'FOUND',
  303: 'SEE_OTHER',
  307: 'TEMPORARY_REDIRECT',
  308: 'PERMANENT_REDIRECT',
};

/** ApplyRedirect; undefined for a code that Envoy does not know, which leaves the route without action. */
export function redirectAction(route: HttpRoute, listenerPort: number, tls: boolean): JsonObject | undefined {
  const redirect = route.redirect ?? {};
  const code = redirect.redirectCode || 301;
  if (!(code in redirectCodes)) return undefined;
  const scheme = redirect.scheme || (tls ? 'https' : 'http');
  const wanted = redirect.port ?? (redirect.derivePort === 'FROM_REQUEST_PORT' ? listenerPort : 0);
  const standard = (wanted === 80 && scheme === 'http') || (wanted === 443 && scheme === 'https');
  return {
    hostRedirect: text(redirect.authority),
    // The path redirect is a oneof member, so that it is written even when it is empty.
    ...(redirect.prefixRewrite ? { prefixRewrite: redirect.prefixRewrite } : { pathRedirect: redirect.uri ?? '' }),
    portRedirect: standard ? undefined : wanted || undefined,
    responseCode: redirectCodes[code],
    schemeRedirect: text(redirect.scheme),
  };
}

export function directResponse({ directResponse: response }: HttpRoute): JsonObject {
  const body = response?.body;
  const written =
    body?.string !== undefined
      ? { inlineString: body.string }
      : body?.bytes === undefined
        ? undefined
        : { inlineBytes: body.bytes };
  return { body: written, status: response?.status || undefined };
}
