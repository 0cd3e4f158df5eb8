import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { JsonObject } from '../../mesh/json.ts';

/** A key pair that signs JSON Web Tokens. */
export interface Signer {
  kid: string;
  jwk: JsonObject;
  token(payload: JsonObject, header?: JsonObject): string;
}

const encoded = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function signer(kid: string, alg: 'RS256' | 'ES256', key: KeyObject): Signer {
  const jwk = createPublicKey(key.export({ type: 'pkcs8', format: 'pem' })).export({ format: 'jwk' }) as JsonObject;
  return {
    kid,
    jwk: { ...jwk, kid, alg, use: 'sig' },
    token(payload, header = {}) {
      const signed = `${encoded({ alg, typ: 'JWT', kid, ...header })}.${encoded(payload)}`;
      const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
      return `${signed}.${signature.toString('base64url')}`;
    },
  };
}

const made = (kid: string, alg: 'RS256' | 'ES256'): Signer => {
  const { privateKey } =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return signer(kid, alg, createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })));
};

/** `rsa` and `ec` are known to the mesh, `stranger` is not. */
export const signers = (): { rsa: Signer; ec: Signer; stranger: Signer } => ({
  rsa: made('r1', 'RS256'),
  ec: made('e1', 'ES256'),
  stranger: made('r1', 'RS256'),
});
