import type { JsonObject } from '../../json.ts';
import { field } from './proto.ts';

/** Names of envoy.type.v3.StatusCode (api/envoy/type/v3/http_status.proto): protojson prints enums by name. */
const names: readonly [first: number, list: string][] = [
  [100, 'Continue'],
  [
    200,
    'OK Created Accepted NonAuthoritativeInformation NoContent ResetContent PartialContent MultiStatus AlreadyReported',
  ],
  [226, 'IMUsed'],
  [300, 'MultipleChoices MovedPermanently Found SeeOther NotModified UseProxy'],
  [307, 'TemporaryRedirect PermanentRedirect'],
  [400, 'BadRequest Unauthorized PaymentRequired Forbidden NotFound MethodNotAllowed NotAcceptable'],
  [407, 'ProxyAuthenticationRequired RequestTimeout Conflict Gone LengthRequired PreconditionFailed PayloadTooLarge'],
  [414, 'URITooLong UnsupportedMediaType RangeNotSatisfiable ExpectationFailed'],
  [421, 'MisdirectedRequest UnprocessableEntity Locked FailedDependency TooEarly UpgradeRequired'],
  [428, 'PreconditionRequired TooManyRequests'],
  [431, 'RequestHeaderFieldsTooLarge'],
  [500, 'InternalServerError NotImplemented BadGateway ServiceUnavailable GatewayTimeout HTTPVersionNotSupported'],
  [506, 'VariantAlsoNegotiates InsufficientStorage LoopDetected'],
  [511, 'NetworkAuthenticationRequired'],
];
const codes = new Map(names.flatMap(([first, list]) => list.split(' ').map((name, i) => [name, first + i] as const)));

/** `code` of an envoy.type.v3.HttpStatus, by number or by name; undefined when there is none. */
export function statusCode(status: JsonObject | undefined): number | undefined {
  const code = status && field(status, 'code');
  return typeof code === 'string' ? codes.get(code) : typeof code === 'number' ? code : undefined;
}
