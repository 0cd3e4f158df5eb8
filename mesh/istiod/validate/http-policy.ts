import type { Field, Finding } from '../../kube/schema/field.ts';
import { unless } from './common.ts';
import { durationFindings, nanoseconds } from './duration.ts';
import { corsHeaderError } from './headers.ts';
import { regexMatchFindings } from './string-match.ts';

const corsMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', '*'];

export function corsFindings(policy: Field): Finding[] {
  const age = policy.get('maxAge');
  const fraction = (nanoseconds(age.text) ?? 0n) % 1_000_000_000n;
  return [
    ...policy.get('allowOrigins').items().flatMap(originFindings),
    ...policy
      .get('allowMethods')
      .items()
      .flatMap((method) =>
        method.when(!corsMethods.includes(method.text), `"${method.text}" is not a supported HTTP method`),
      ),
    ...['allowHeaders', 'exposeHeaders'].flatMap((list) =>
      policy
        .get(list)
        .items()
        .flatMap((name) => unless(name, corsHeaderError(name.text))),
    ),
    ...durationFindings(age),
    ...age.when(fraction > 0n, 'max_age duration is accurate only to seconds precision'),
  ];
}

function originFindings(origin: Field): Finding[] {
  const empty = ['exact', 'prefix', 'regex'].every((type) => origin.get(type).text === '');
  if (empty) return [origin.error("'' is not a valid match type for CORS allow origins")];
  return regexMatchFindings(origin, 'corsPolicy.allowOrigins');
}

export function faultFindings(fault: Field): Finding[] {
  if (!fault.present) return [];
  const [abort, delay] = [fault.get('abort'), fault.get('delay')];
  const neither = 'HTTP fault injection must have an abort and/or a delay';
  return [...fault.when(!abort.present && !delay.present, neither), ...abortFindings(abort), ...delayFindings(delay)];
}

function abortFindings(abort: Field): Finding[] {
  if (!abort.present) return [];
  const [grpc, http2, http] = ['grpcStatus', 'http2Error', 'httpStatus'].map((name) => abort.get(name));
  const percent = percentageFindings(abort.at('percentage', 'value'));
  if (grpc?.present) return [...percent, ...grpcStatus(grpc)];
  if (http2?.present) return [...percent, http2.error('HTTP/2 abort fault injection not supported yet')];
  if (http?.present) return [...percent, ...httpStatusFindings(http)];
  // istiod also warns of an abort without an error, and then drops the warning (validateHTTPFaultInjection).
  return percent;
}

/** The words say 599; the code accepts 600 (validateHTTPStatus). */
export function httpStatusFindings(status: Field): Finding[] {
  const wrong = status.number < 200 || status.number > 600;
  return status.when(wrong, `HTTP status ${status.number} is not in range 200-599`);
}

// pkg/util/grpc/codes.go
const grpcCodes =
  'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED'.split(
    ' ',
  );

function grpcStatus(status: Field): Finding[] {
  const list = 'See https://github.com/grpc/grpc/blob/master/doc/statuscodes.md for a list of supported codes';
  const wrong = !grpcCodes.includes(status.text);
  return status.when(wrong, `gRPC status "${status.text}" is not supported. ${list}, for example 'NOT_FOUND'`);
}

function delayFindings(delay: Field): Finding[] {
  const exponential = delay.get('exponentialDelay');
  return [
    ...percentageFindings(delay.at('percentage', 'value')),
    ...durationFindings(delay.get('fixedDelay')),
    ...durationFindings(exponential),
    ...exponential.when(exponential.present, 'exponentialDelay not supported yet'),
  ];
}

function percentageFindings(value: Field): Finding[] {
  const wrong = value.number < 0 || value.number > 100 || (value.number > 0 && value.number < 0.0001);
  return value.when(wrong, `percentage ${value.number} is neither 0.0, nor in range [0.0001, 100.0]`);
}

// agent/validation.go, supportedRetryOnPolicies
const retryOn =
  '5xx gateway-error reset reset-before-request connect-failure retriable-4xx refused-stream retriable-status-codes retriable-headers envoy-ratelimited http3-post-connect-failure cancelled deadline-exceeded internal resource-exhausted unavailable'.split(
    ' ',
  );

/** Status codes that Go's net/http names. */
const isStatusCode = (text: string) =>
  /^(10[0-3]|20[0-8]|226|30[0-5]|30[78]|40\d|41[0-8]|42[1-689]|431|451|50[0-8]|51[01])$/.test(text);

export function retryFindings(retries: Field): Finding[] {
  if (!retries.present) return [];
  const attempts = retries.get('attempts');
  const configured = ['perTryTimeout', 'retryOn', 'retryRemoteLocalities'].some((name) => retries.get(name).present);
  const policy = retries.get('retryOn');
  const unknown =
    policy.text === '' ? [] : policy.text.split(',').filter((p) => !retryOn.includes(p) && !isStatusCode(p));
  return [
    ...attempts.when(attempts.number < 0, 'attempts cannot be negative'),
    ...attempts.when(
      attempts.number === 0 && configured,
      'http retry policy configured when attempts are set to 0 (disabled)',
    ),
    ...durationFindings(retries.get('perTryTimeout')),
    ...unknown.map((p) => policy.error(`"${p}" is not a valid retryOn policy`)),
    ...durationFindings(retries.get('backoff')),
  ];
}
