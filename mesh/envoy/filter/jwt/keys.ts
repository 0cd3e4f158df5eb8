import { isObject, type JsonObject } from '../../../json.ts';
import { type Algorithm, algorithms } from './algorithms.ts';
import { type JwtStatus, jwtStatus } from './status.ts';
import type { Jwt } from './token.ts';

/** The keys of a JWKS; undefined when the text is none. */
export function parseJwks(text: string): readonly JsonObject[] | undefined {
  try {
    const jwks: unknown = JSON.parse(text);
    if (!isObject(jwks) || !Array.isArray(jwks.keys)) return undefined;
    return jwks.keys.filter(isObject);
  } catch {
    return undefined;
  }
}

/**
 * Whether one of the keys signed the token: those of its kid (when both name one) and its alg
 * (jwt_verify_lib, verify.cc). Works outside of the world: WebCrypto is asynchronous.
 */
export async function verifySignature(jwt: Jwt, keys: readonly JsonObject[]): Promise<JwtStatus> {
  const algorithm = algorithms[jwt.alg];
  const fitting = keys.filter((key) => fits(key, jwt, algorithm?.kty ?? ''));
  if (!algorithm || fitting.length === 0) return jwtStatus.noMatchingKey;
  for (const key of fitting) if (await verifyWith(key, jwt, algorithm)) return jwtStatus.ok;
  return jwtStatus.verification;
}

function fits({ kid, alg, kty }: JsonObject, jwt: Jwt, wanted: string): boolean {
  if (jwt.kid !== '' && kid !== undefined && kid !== jwt.kid) return false;
  return kty === wanted && (alg === undefined || alg === jwt.alg);
}

async function verifyWith(key: JsonObject, jwt: Jwt, algorithm: Algorithm): Promise<boolean> {
  // Web keys may carry key_ops and use, which importKey would hold against us; Envoy ignores them.
  const { kty, n, e, crv, x, y, k } = key;
  const { subtle } = globalThis.crypto;
  try {
    const bare = JSON.parse(JSON.stringify({ kty, n, e, crv, x, y, k }));
    const imported = await subtle.importKey('jwk', bare, algorithm.import, false, ['verify']);
    const signature = jwt.signature as Uint8Array<ArrayBuffer>;
    return await subtle.verify(algorithm.verify, imported, signature, new TextEncoder().encode(jwt.signed));
  } catch {
    // A key that is none (a wrong modulus, a curve of another alg) verifies nothing.
    return false;
  }
}
