import { isObject, type JsonObject } from '../../../json.ts';
import { algorithms } from './algorithms.ts';
import { type JwtStatus, jwtStatus } from './status.ts';

export interface Jwt {
  /** `header.payload`, what was signed. */
  signed: string;
  header: JsonObject;
  payload: JsonObject;
  /** As it stands in the token, base64url. */
  payloadText: string;
  signature: Uint8Array;
  alg: string;
  kid: string;
  iss: string;
  audiences: readonly string[];
  /** Seconds since the epoch; 0: none. */
  exp: number;
  nbf: number;
}

/** Bytes of base64url without padding, blanks skipped (absl::WebSafeBase64Unescape); undefined when the text is none. */
export function fromBase64Url(encoded: string): Uint8Array | undefined {
  const text = encoded.replace(/\s/g, '');
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(bytes, (char) => char.charCodeAt(0));
}

function parsePart(text: string, errors: [JwtStatus, JwtStatus]): JsonObject | JwtStatus {
  const bytes = fromBase64Url(text);
  if (!bytes) return errors[0];
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isObject(value) ? value : errors[1];
  } catch {
    return errors[1];
  }
}

/** A token's parts, or why it is none (jwt_verify_lib, Jwt::parseFromString). */
export function parseJwt(text: string): Jwt | JwtStatus {
  // Empty sections do not count: a dot at the end does no harm (measured).
  const sections = text.split('.').filter((section) => section !== '');
  const [head = '', body = '', sign = ''] = sections;
  if (sections.length !== 3) return jwtStatus.badFormat;
  const header = parsePart(head, [jwtStatus.headerBase64, jwtStatus.headerJson]);
  if (typeof header === 'string') return header;
  const { alg, kid = '' } = header;
  if (typeof alg !== 'string') return jwtStatus.headerAlg;
  if (!Object.hasOwn(algorithms, alg)) return jwtStatus.headerAlgUnknown;
  if (typeof kid !== 'string') return jwtStatus.headerKid;
  const payload = parsePart(body, [jwtStatus.payloadBase64, jwtStatus.payloadJson]);
  if (typeof payload === 'string') return payload;
  const claims = parseClaims(payload);
  if (typeof claims === 'string') return claims;
  const signature = fromBase64Url(sign);
  if (!signature) return jwtStatus.signatureBase64;
  return { ...claims, signed: `${head}.${body}`, header, payload, payloadText: body, signature, alg, kid };
}

type Claims = Pick<Jwt, 'iss' | 'audiences' | 'exp' | 'nbf'>;

function parseClaims({ iss = '', sub, aud = [], exp = 0, nbf = 0 }: JsonObject): Claims | JwtStatus {
  if (typeof iss !== 'string') return jwtStatus.payloadIss;
  if (sub !== undefined && typeof sub !== 'string') return jwtStatus.payloadSub;
  if (!isTime(nbf)) return jwtStatus.payloadNbf;
  if (!isTime(exp)) return jwtStatus.payloadExp;
  const audiences = typeof aud === 'string' ? [aud] : aud;
  if (!Array.isArray(audiences) || !audiences.every((a) => typeof a === 'string')) return jwtStatus.payloadAud;
  return { iss, audiences, exp: Math.floor(exp), nbf: Math.floor(nbf) };
}

const isTime = (value: unknown): value is number => typeof value === 'number' && value >= 0;
