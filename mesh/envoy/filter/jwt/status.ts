/** Why a token was refused, in the words of jwt_verify_lib (github.com/google/jwt_verify_lib, status.cc). */
export const jwtStatus = {
  ok: 'OK',
  missing: 'Jwt is missing',
  notYetValid: 'Jwt not yet valid',
  expired: 'Jwt is expired',
  badFormat: 'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections',
  headerBase64: 'Jwt header is an invalid Base64url encoded',
  headerJson: 'Jwt header is an invalid JSON',
  headerAlg: 'Jwt header [alg] field is required and must be a string',
  headerAlgUnknown: 'Jwt header [alg] is not supported',
  headerKid: 'Jwt header [kid] field is not a string',
  payloadBase64: 'Jwt payload is an invalid Base64url encoded',
  payloadJson: 'Jwt payload is an invalid JSON',
  payloadIss: 'Jwt payload [iss] field is not a string',
  payloadSub: 'Jwt payload [sub] field is not a string',
  payloadNbf: 'Jwt payload [nbf] field is not an integer',
  payloadExp: 'Jwt payload [exp] field is not an integer',
  payloadAud: 'Jwt payload [aud] field is not a string or string list',
  signatureBase64: 'Jwt signature is an invalid Base64url encoded',
  unknownIssuer: 'Jwt issuer is not configured',
  audience: 'Audiences in Jwt are not allowed',
  verification: 'Jwt verification fails',
  noKeys: "Jwks doesn't have any valid public key",
  noMatchingKey: "Jwks doesn't have key to match kid or alg from Jwt",
  fetchFailed: 'Jwks remote fetch is failed',
} as const;

export type JwtStatus = (typeof jwtStatus)[keyof typeof jwtStatus];
