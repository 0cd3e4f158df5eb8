import type { Json, JsonObject } from '../../../json.ts';
import { flag, has, number, object, objects, refuse, text, texts } from '../../match/proto.ts';
import { notInterpreted } from '../../match/unsupported.ts';
import { valueAt } from '../../match/value-matcher.ts';
import type { HeaderList } from '../../runtime/header-list.ts';
import type { FilterContext } from '../../types.ts';
import { compileExtract, type Found } from './extract.ts';
import { parseJwks, verifySignature } from './keys.ts';
import { type JwtStatus, jwtStatus } from './status.ts';
import type { Jwt } from './token.ts';

/** One JwtProvider. */
export interface Provider {
  issuer: string;
  extract(headers: HeaderList): Found[];
  /** Headers that only this filter may set; a client's are taken away first. */
  ownHeaders: readonly string[];
  /** Checks claims and signature; `audiences` replaces the provider's. */
  verify(jwt: Jwt, audiences: readonly string[] | undefined): JwtStatus | Promise<JwtStatus>;
  /** Writes a good token into the request; returns what goes to the metadata. */
  forward(jwt: Jwt, found: Found, headers: HeaderList): JsonObject;
}

/** Envoy's default clock skew (jwt_verify_lib, kClockSkewInSecond). */
const defaultSkew = 60;
/** Signatures are checked once for each token; a bound for clients that send many. */
const cacheSize = 1000;

/** Throws a ProblemError for a local JWKS that Envoy refuses. */
export function compileProvider(
  provider: JsonObject,
  at: { name: string; pointer: string; context: FilterContext },
): Provider {
  const keys = localKeys(provider, at);
  const skew = number(provider, 'clockSkewSeconds') || defaultSkew;
  const audiences = texts(provider, 'audiences');
  const claims = objects(provider, 'claimToHeaders').map((c) => ({
    header: text(c, 'headerName').toLowerCase(),
    claim: text(c, 'claimName'),
  }));
  const payloadHeader = text(provider, 'forwardPayloadHeader').toLowerCase();
  const signatures = new Map<string, JwtStatus>();
  return {
    issuer: text(provider, 'issuer'),
    extract: compileExtract(provider),
    ownHeaders: [...claims.map((c) => c.header), ...(payloadHeader === '' ? [] : [payloadHeader])],
    verify(jwt, wanted = audiences) {
      const status = checkClaims(jwt, wanted, { now: at.context.clock.now() / 1000, skew });
      if (status !== jwtStatus.ok) return status;
      const token = `${jwt.signed}.${jwt.signature.join()}`;
      const known = signatures.get(token);
      if (known) return known;
      return at.context.outside(async () => {
        const result = keys ? await verifySignature(jwt, keys) : jwtStatus.fetchFailed;
        if (signatures.size >= cacheSize) signatures.clear();
        signatures.set(token, result);
        return result;
      });
    },
    forward(jwt, found, headers) {
      if (payloadHeader !== '') headers.add(payloadHeader, padded(provider, jwt.payloadText));
      for (const { header, claim } of claims) {
        const value = claimText(valueAt(jwt.payload, claim.split('.')));
        if (value !== '') headers.add(header, value);
      }
      if (!flag(provider, 'forward')) found.remove(headers);
      return metadataOf(provider, jwt);
    },
  };
}

function localKeys(provider: JsonObject, at: { name: string; pointer: string; context: FilterContext }) {
  const local = object(provider, 'localJwks');
  if (!local) {
    const what = has(provider, 'remoteJwks') ? 'a JWKS fetched by the proxy (remoteJwks)' : 'a provider without JWKS';
    at.context.report(notInterpreted(what, at.pointer));
    return undefined;
  }
  const refused = (why: string) =>
    refuse(`Provider '${at.name}' in jwt_authn config has invalid local jwks: ${why}`, at.pointer);
  const keys = parseJwks(text(local, 'inlineString')) ?? refused('Jwks is an invalid JSON');
  return keys.some((key) => has(key, 'kty')) ? keys : refused("Jwks doesn't have any valid public key");
}

function checkClaims(jwt: Jwt, wanted: readonly string[], { now, skew }: { now: number; skew: number }): JwtStatus {
  const seconds = Math.floor(now);
  if (seconds + skew < jwt.nbf) return jwtStatus.notYetValid;
  if (jwt.exp !== 0 && seconds > jwt.exp + skew) return jwtStatus.expired;
  const isAllowed =
    wanted.length === 0 || jwt.audiences.some((a) => wanted.map(bareAudience).includes(bareAudience(a)));
  return isAllowed ? jwtStatus.ok : jwtStatus.audience;
}

/** Audiences compare without scheme and trailing slash (jwt_verify_lib, check_audience.cc, sanitizeAudience). */
const bareAudience = (audience: string): string => audience.replace(/^https?:\/\//, '').replace(/\/$/, '');

const padded = (provider: JsonObject, payload: string): string =>
  flag(provider, 'padForwardPayloadHeader') ? payload.padEnd(Math.ceil(payload.length / 4) * 4, '=') : payload;

/** Lists and objects go as base64 of their JSON as protobuf writes it, padded (authenticator.cc, addJWTClaimToHeader; measured). */
function claimText(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'object') return String(value);
  const bytes = new TextEncoder().encode(
    JSON.stringify(value).replace(/[<>]/g, (c) => (c === '<' ? '\\u003c' : '\\u003e')),
  );
  return btoa(String.fromCharCode(...bytes));
}

function metadataOf(provider: JsonObject, jwt: Jwt): JsonObject {
  const [header, payload] = [text(provider, 'headerInMetadata'), text(provider, 'payloadInMetadata')];
  const lists = texts(object(provider, 'normalizePayloadInMetadata') ?? {}, 'spaceDelimitedClaims');
  const normal = { ...jwt.payload };
  for (const claim of lists) {
    const value = normal[claim];
    if (typeof value === 'string') normal[claim] = value.split(' ').filter((part) => part !== '');
  }
  return { ...(header === '' ? {} : { [header]: jwt.header }), ...(payload === '' ? {} : { [payload]: normal }) };
}
