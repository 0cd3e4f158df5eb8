import { attachment } from './authorization-policy.ts';
import { bool, duration, list, obj, type Shape, str } from './shape.ts';

const strings = list(str);
const jwtRule = obj({
  issuer: str,
  audiences: strings,
  jwksUri: str,
  jwks: str,
  fromHeaders: list(obj({ name: str, prefix: str })),
  fromParams: strings,
  fromCookies: strings,
  outputPayloadToHeader: str,
  outputClaimToHeaders: list(obj({ header: str, claim: str })),
  forwardOriginalToken: bool,
  spaceDelimitedClaims: strings,
  timeout: duration,
});
export type JwtRule = Shape<typeof jwtRule>;

/** security.istio.io/v1 RequestAuthentication. */
export const requestAuthentication = obj({ ...attachment, jwtRules: list(jwtRule) });
export type RequestAuthentication = Shape<typeof requestAuthentication>;
